using System.Reflection;
using CogVideoX.Compiler;
using CogVideoX.Compiler.Language;
using CogVideoX.Emulator;

namespace CogVideoX.Kernels.Gpu;

/// <summary>Puts a compiled kernel in the place of the program that a case was made for.</summary>
internal static class KernelCase
{
    /// <summary>
    /// The case with our PTX. A pointer of the case becomes a view: the pointer, and the buffer's elements as its length.
    /// </summary>
    /// <param name="kernel">the struct that was compiled</param>
    /// <exception cref="CaseException">The kernel's parameters aren't those of the case.</exception>
    public static PtxCase Of(Type kernel, CompiledKernel compiled, PtxCase one)
    {
        ParameterInfo[] parameters = kernel.GetConstructors() is [var constructor] ? constructor.GetParameters() : [];
        if (parameters.Length != one.Arguments.Count)
            throw new CaseException(one.Path, $"it gives {one.Arguments.Count} parameters; {compiled.Entry} has {parameters.Length}");
        var arguments = new List<LaunchArgument>();
        foreach ((ParameterInfo parameter, LaunchArgument argument) in parameters.Zip(one.Arguments))
        {
            arguments.Add(argument);
            if (ElementBytes(parameter.ParameterType) is not { } bytes)
                continue;
            if (argument is not LaunchArgument.Buffer(var buffer))
            {
                throw new CaseException(
                    one.Path, $"it gives no buffer for parameter '{parameter.Name}' of {compiled.Entry}, which is a view");
            }
            arguments.Add(new LaunchArgument.Value(BitConverter.GetBytes((long)one.BufferBytes(buffer) / bytes)));
        }
        return one.For(PtxModule.Parse(compiled.Ptx), compiled.Entry, arguments);
    }

    private static int? ElementBytes(Type parameter) =>
        parameter.IsGenericType && parameter.GetGenericTypeDefinition() == typeof(View<>)
            ? (int)typeof(KernelCase).GetMethod(nameof(SizeOf), BindingFlags.NonPublic | BindingFlags.Static)!
                .MakeGenericMethod(parameter.GetGenericArguments()).Invoke(null, null)!
            : null;

    private static unsafe int SizeOf<T>()
        where T : unmanaged => sizeof(T);
}
