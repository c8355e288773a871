using System.Diagnostics.CodeAnalysis;

namespace CogVideoX.Compiler.Language;

/// <summary>The body of what only exists in kernels.</summary>
internal static class DeviceOnly
{
    [DoesNotReturn]
    public static T Called<T>() => throw new NotSupportedException("this is an instruction of a GPU kernel; on the host it can't run");

    [DoesNotReturn]
    public static void Called() => throw new NotSupportedException("this is an instruction of a GPU kernel; on the host it can't run");
}
