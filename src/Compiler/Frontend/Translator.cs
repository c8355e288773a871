using System.Reflection;
using CogVideoX.Compiler.Ir;
using CogVideoX.Compiler.Language;

namespace CogVideoX.Compiler.Frontend;

/// <summary>From a kernel's C#, as IL, to IR in which every call is inlined.</summary>
internal static class Translator
{
    /// <param name="kernel">a closed readonly struct that implements <see cref="IKernel"/></param>
    /// <param name="options">for whom</param>
    /// <exception cref="CompileException">the C# says something that a GPU can't do</exception>
    public static Function Translate(Type kernel, CompileOptions options)
    {
        KernelSignature signature = KernelSignature.Of(kernel);
        var function = new Function(KernelNames.Of(kernel))
        {
            Launch = LaunchShapes.Of(kernel, signature.Location),
            Location = signature.Location,
        };
        function.Parameters.AddRange(signature.Parameters);
        var builder = new KernelBuilder(function, options);
        builder.Ir.Location = signature.Location;
        StackValue self = StackValue.Pointer(builder.NewLocal(Layout.Of(kernel, signature.Location).Size), 0);
        builder.Calls.Inline(signature.Constructor, [self, .. Arguments(builder, signature)], null);
        builder.Calls.Inline(signature.Run, [self], null);
        builder.Ir.Block.Terminator ??= Terminator.Return(builder.Location);
        builder.Finish();
        return function;
    }

    /// <summary>The constructor's arguments, from the entry's parameters.</summary>
    private static IEnumerable<StackValue> Arguments(KernelBuilder builder, KernelSignature signature)
    {
        int next = 0;
        foreach (ParameterInfo parameter in signature.Constructor.GetParameters())
        {
            Leaf[] parts = Layout.Of(parameter.ParameterType, signature.Location).Leaves;
            bool isStruct = signature.Parameters[next].Struct is not null;
            var leaves = new Value[parts.Length];
            for (int i = 0; i < parts.Length; i++)
            {
                KernelParameter entry = signature.Parameters[isStruct ? next : next + i];
                IrType type = entry.OpaqueBytes > 0 ? IrType.I64 : parts[i].Type.Register;
                leaves[i] = builder.Ir.Append(new Instruction(Opcode.Parameter, signature.Location, [], type)
                {
                    Parameter = entry,
                    MemoryType = parts[i].Type,
                    ByteOffset = isStruct ? parts[i].Offset : 0,
                });
            }
            next += isStruct ? 1 : parts.Length;
            yield return StackValue.Of(parameter.ParameterType, leaves);
        }
    }
}
