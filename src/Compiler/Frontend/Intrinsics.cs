using System.Reflection;
using CogVideoX.Compiler.Diagnostics;
using CogVideoX.Compiler.Ir;
using CogVideoX.Compiler.Language;

namespace CogVideoX.Compiler.Frontend;

/// <summary>Methods marked with <see cref="DeviceIntrinsicAttribute"/>.</summary>
internal sealed class Intrinsics(KernelBuilder kernel)
{
    /// <summary>Local memory of a thread (CUDA programming guide, compute capabilities).</summary>
    private const int MostLocalBytes = 512 << 10;

    private const int VectorBytes = 16;

    private IrBuilder Ir => kernel.Ir;

    public StackValue Call(DeviceIntrinsic kind, MethodInfo method, StackValue[] arguments, Func<string?> variable) => kind switch
    {
        DeviceIntrinsic.SharedArray => SharedArray(method, arguments, variable() ?? "shared"),
        DeviceIntrinsic.SharedDynamic =>
            SharedHandle(kernel.StaticVariable(kind, () => kernel.NewVariable("dynamic_shared", VariableSpace.Shared, 0, 128))),
        DeviceIntrinsic.Registers => RegisterArray(method, arguments[0]),
        DeviceIntrinsic.LocalArray => LocalArray(method, arguments[0], variable() ?? "array"),
        DeviceIntrinsic.Print => new Printing(kernel).Print(method, arguments),
        DeviceIntrinsic.Assert => new Assertions(kernel).Assert(arguments),
        DeviceIntrinsic.SharedReference => StackValue.Pointer(Ir.Emit(Opcode.Bitcast, IrType.SharedPtr, kernel.Scalar(arguments[0])), 0),
        DeviceIntrinsic.SharedAddress => SharedAddress(arguments[0]),
        DeviceIntrinsic.BlockSizeX => new StackValue(Constant.I32(kernel.Function.Launch.Block.X)),
        DeviceIntrinsic.BlockSizeY => new StackValue(Constant.I32(kernel.Function.Launch.Block.Y)),
        DeviceIntrinsic.BlockSizeZ => new StackValue(Constant.I32(kernel.Function.Launch.Block.Z)),
        DeviceIntrinsic.IsChecked => new StackValue(Constant.I32(kernel.Options.CheckBounds ? 1 : 0)),
        DeviceIntrinsic.TensorMapAddress => kernel.Memory.Load(typeof(TensorMap), arguments[0]),
        _ => throw new InvalidOperationException($"{kind} has no translation."),
    };

    private StackValue SharedArray(MethodInfo method, StackValue[] arguments, string name)
    {
        Layout element = Layout.Of(method.GetGenericArguments()[0], kernel.Location);
        if (arguments[0].Constant is not { } count)
            throw DiagnosticKinds.SharedSize.At(kernel.Location, "the size", "");
        if (count.Signed < 1 || count.Signed * element.Size > int.MaxValue)
            throw DiagnosticKinds.SharedSize.At(kernel.Location, "the size", $" and positive, not {count.Signed}");
        if (arguments[1].Constant is not { } alignment)
            throw DiagnosticKinds.SharedSize.At(kernel.Location, "the alignment", "");
        if (alignment.Signed < 1 || !long.IsPow2(alignment.Signed))
            throw DiagnosticKinds.SharedSize.At(kernel.Location, "the alignment", $" and a power of two, not {alignment.Signed}");
        int bytes = (int)count.Signed * element.Size;
        return SharedHandle(kernel.NewVariable(name, VariableSpace.Shared, bytes, Math.Max((int)alignment.Signed, element.Alignment)));
    }

    private StackValue SharedHandle(Variable variable) =>
        StackValue.OfStruct(Ir.Emit(Opcode.Bitcast, IrType.I32, kernel.AddressOf(variable)));

    private StackValue RegisterArray(MethodInfo method, StackValue size)
    {
        Type type = method.GetGenericArguments()[0];
        Layout element = Layout.Of(type, kernel.Location);
        if (size.Constant is not { Signed: > 0 and < 65536 } count)
            throw DiagnosticKinds.RegistersSize.At(kernel.Location);
        Value local = kernel.NewLocal((int)count.Signed * element.Size);
        for (int i = 0; i < count.Signed; i++)
            kernel.Memory.Clear(type, StackValue.Pointer(local, (long)i * element.Size));
        return StackValue.OfStruct(local);
    }

    private StackValue LocalArray(MethodInfo method, StackValue size, string name)
    {
        Layout element = Layout.Of(method.GetGenericArguments()[0], kernel.Location);
        if (size.Constant is not { Signed: > 0 } count || count.Signed > MostLocalBytes / element.Size)
            throw DiagnosticKinds.RegistersSize.At(kernel.Location);
        int bytes = (int)count.Signed * element.Size;
        Variable array = kernel.NewVariable(name, VariableSpace.Local, bytes, Math.Max(element.Alignment, VectorBytes));
        return StackValue.OfStruct(kernel.AddressOf(array));
    }

    private StackValue SharedAddress(StackValue place)
    {
        if (!place.IsPointer || place.Leaves[0].Type != IrType.SharedPtr)
        {
            string actual = place.IsPointer ? Spaces.NameOf(place.Leaves[0].Type) : "no known";
            throw DiagnosticKinds.WrongStateSpace.At(kernel.Location, "this address", Spaces.NameOf(IrType.SharedPtr), actual);
        }
        return new StackValue(kernel.Number(place));
    }
}
