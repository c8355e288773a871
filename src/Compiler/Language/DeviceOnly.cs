using System.Diagnostics.CodeAnalysis;

namespace CogVideoX.Compiler.Language;

/// <summary>The body of what only exists in kernels.</summary>
internal static class DeviceOnly
{
    private const string Why = "This is an instruction of a GPU kernel; on the host it can't run.";

    [DoesNotReturn]
    public static T Called<T>() => throw new NotSupportedException(Why);

    [DoesNotReturn]
    public static void Called() => throw new NotSupportedException(Why);
}
