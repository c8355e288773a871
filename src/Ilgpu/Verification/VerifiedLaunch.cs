using System.Reflection;
using ILGPU;
using ILGPU.Runtime;

namespace CogVideoX.Ilgpu;

/// <summary>One launch of a method with arrays and values of the host: arrays become buffers, and come back.</summary>
internal sealed class VerifiedLaunch
{
    private readonly MethodInfo method;
    private readonly LaunchExtent extent;
    private readonly object[] arguments;
    private readonly Type[] parameters; // without the index

    /// <exception cref="ArgumentException">The kernel can't take that; the message says which argument, and what it takes.</exception>
    public VerifiedLaunch(Delegate kernel, LaunchExtent extent, object[] arguments)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentNullException.ThrowIfNull(arguments);
        (method, this.extent, this.arguments) = (kernel.Method, extent, arguments);
        Type[] all = Array.ConvertAll(method.GetParameters(), parameter => parameter.ParameterType);
        bool isGrouped = extent.Value is KernelConfig;
        if (extent.Value is null || !isGrouped && (all.Length == 0 || all[0] != extent.Value.GetType()))
        {
            string takes = all.Length > 0 && IsIndex(all[0]) ? $"takes an {all[0].Name}" : "takes groups, a KernelConfig";
            throw new ArgumentException(
                $"{method.Name} {takes}, and the extent is {(extent.Value is null ? "none" : $"an {extent.Value.GetType().Name}")}.",
                nameof(extent));
        }
        if (isGrouped && all.Length > 0 && IsIndex(all[0]))
        {
            throw new ArgumentException(
                $"{method.Name} begins with an {all[0].Name}, and the extent is a KernelConfig, whose kernels have no index.",
                nameof(extent));
        }
        parameters = isGrouped ? all : all[1..];
        if (parameters.Length != arguments.Length)
        {
            throw new ArgumentException(
                $"{method.Name} takes {parameters.Length} arguments beside its index, and {arguments.Length} are given.",
                nameof(arguments));
        }
        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i]?.GetType() != parameters[i] && BufferMethod(parameters[i], arguments[i]) is null)
                throw Unsupported(i);
            int first = FirstOf(i);
            if (parameters[first] != parameters[i])
            {
                throw new ArgumentException(
                    $"One array can't be both '{Name(first)}' and '{Name(i)}' of {method.Name}, which are views of different types. "
                        + $"Give {nameof(KernelVerifier)}.{nameof(KernelVerifier.Verify)} a program that makes both of one buffer.",
                    nameof(arguments));
            }
        }
    }

    /// <summary>Copies in, launches, copies back.</summary>
    public void Run(EmulatorAccelerator accelerator)
    {
        var copiesBack = new List<Action>();
        var values = new object[arguments.Length];
        for (int i = 0; i < arguments.Length; i++)
        {
            if (FirstOf(i) is int first && first < i)
                values[i] = values[first];
            else if (BufferMethod(parameters[i], arguments[i]) is { } make)
                values[i] = Invoke(make, [accelerator, arguments[i], copiesBack]);
            else
                values[i] = arguments[i];
        }
        Kernel kernel = extent.Value is KernelConfig ? accelerator.LoadKernel(method) : accelerator.LoadAutoGroupedKernel(method);
        Invoke(kernel.Launcher!, [kernel, accelerator.DefaultStream, extent.Value, .. values]);
        accelerator.Synchronize();
        copiesBack.ForEach(copy => copy());
    }

    private static bool IsIndex(Type type) => type == typeof(Index1D) || type == typeof(Index2D) || type == typeof(Index3D);

    private static object Invoke(MethodInfo method, object?[] arguments) =>
        method.Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;

    // What makes a view of such an array for such a parameter; null where nothing does.
    private static MethodInfo? BufferMethod(Type parameter, object? argument)
    {
        if (argument is not Array || argument.GetType().GetElementType() is not { } element || !parameter.IsGenericType)
            return null;
        Type definition = parameter.GetGenericTypeDefinition();
        Type[] types = parameter.GetGenericArguments();
        if (types[0] != element)
            return null;
        Type? stride = types.Length > 1 ? types[1] : null;
        string? name = ((Array)argument).Rank switch
        {
            1 when definition == typeof(ArrayView<>) => nameof(Line),
            1 when definition == typeof(ArrayView1D<,>) && stride == typeof(Stride1D.Dense) => nameof(DenseLine),
            2 when definition == typeof(ArrayView2D<,>) && stride == typeof(Stride2D.DenseX) => nameof(PlaneX),
            2 when definition == typeof(ArrayView2D<,>) && stride == typeof(Stride2D.DenseY) => nameof(PlaneY),
            3 when definition == typeof(ArrayView3D<,>) && stride == typeof(Stride3D.DenseXY) => nameof(CubeXY),
            3 when definition == typeof(ArrayView3D<,>) && stride == typeof(Stride3D.DenseZY) => nameof(CubeZY),
            _ => null,
        };
        return name is null ? null : typeof(VerifiedLaunch).GetMethod(name, BindingFlags.Static | BindingFlags.NonPublic)!
            .MakeGenericMethod(element);
    }

    private static ArrayView<T> Line<T>(EmulatorAccelerator accelerator, T[] array, List<Action> copiesBack)
        where T : unmanaged => DenseLine(accelerator, array, copiesBack).BaseView;

    private static ArrayView1D<T, Stride1D.Dense> DenseLine<T>(EmulatorAccelerator accelerator, T[] array, List<Action> copiesBack)
        where T : unmanaged
    {
        MemoryBuffer1D<T, Stride1D.Dense> buffer = accelerator.Allocate1D(array);
        copiesBack.Add(() => buffer.CopyToCPU(array));
        return buffer.View;
    }

    private static ArrayView2D<T, Stride2D.DenseX> PlaneX<T>(EmulatorAccelerator accelerator, T[,] array, List<Action> copiesBack)
        where T : unmanaged
    {
        MemoryBuffer2D<T, Stride2D.DenseX> buffer = accelerator.Allocate2DDenseX(array);
        copiesBack.Add(() => Put(buffer.GetAsArray2D(), array));
        return buffer.View;
    }

    private static ArrayView2D<T, Stride2D.DenseY> PlaneY<T>(EmulatorAccelerator accelerator, T[,] array, List<Action> copiesBack)
        where T : unmanaged
    {
        MemoryBuffer2D<T, Stride2D.DenseY> buffer = accelerator.Allocate2DDenseY(array);
        copiesBack.Add(() => Put(buffer.GetAsArray2D(), array));
        return buffer.View;
    }

    private static ArrayView3D<T, Stride3D.DenseXY> CubeXY<T>(EmulatorAccelerator accelerator, T[,,] array, List<Action> copiesBack)
        where T : unmanaged
    {
        MemoryBuffer3D<T, Stride3D.DenseXY> buffer = accelerator.Allocate3DDenseXY(array);
        copiesBack.Add(() => Put(buffer.GetAsArray3D(), array));
        return buffer.View;
    }

    private static ArrayView3D<T, Stride3D.DenseZY> CubeZY<T>(EmulatorAccelerator accelerator, T[,,] array, List<Action> copiesBack)
        where T : unmanaged
    {
        MemoryBuffer3D<T, Stride3D.DenseZY> buffer = accelerator.Allocate3DDenseZY(array);
        copiesBack.Add(() => Put(buffer.GetAsArray3D(), array));
        return buffer.View;
    }

    private static void Put(Array source, Array target) => Array.Copy(source, target, target.Length);

    // An array that is given twice is one buffer.
    private int FirstOf(int index) => Array.FindIndex(arguments, argument => ReferenceEquals(argument, arguments[index]));

    private string Name(int index) => method.GetParameters()[^(parameters.Length - index)].Name!;

    private ArgumentException Unsupported(int index)
    {
        Type parameter = parameters[index];
        string takes = parameter.Name.StartsWith("ArrayView", StringComparison.Ordinal)
            ? $"an array of {Described(parameter.GetGenericArguments()[0])} of as many dimensions"
            : "just that";
        string given = arguments[index] is { } argument ? Described(argument.GetType()) : "null";
        return new ArgumentException(
            $"'{Name(index)}' of {method.Name} can't be {given}: where a kernel takes {Described(parameter)}, give {takes}. "
                + $"For other strides and buffers, give {nameof(KernelVerifier)}.{nameof(KernelVerifier.Verify)} a program.",
            nameof(arguments));
    }

    private static string Described(Type type) => type.IsGenericType
        ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Described))}>"
        : type.Name;
}
