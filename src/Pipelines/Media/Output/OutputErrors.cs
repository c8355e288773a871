using System.Net.Sockets;

namespace CogVideoX.Pipelines.Media;

/// <summary>What the system's errors about an output mean.</summary>
internal static class OutputErrors
{
    // errno and Windows codes; .NET puts them into the low half of HResult.
    private static readonly int[] DiskFullCodes = OperatingSystem.IsWindows() ? [39, 112] : [28, 69, 122];
    private static readonly int[] BrokenPipeCodes = OperatingSystem.IsWindows() ? [109, 232, 233] : [32];

    /// <summary>No space left, or quota exceeded.</summary>
    public static bool IsDiskFull(Exception exception) => exception is IOException && DiskFullCodes.Contains(exception.HResult & 0xFFFF);

    /// <summary>Nobody reads the other end.</summary>
    // .NET's own pipes are sockets on Unix.
    public static bool IsBrokenPipe(Exception exception) => exception is IOException
        && (BrokenPipeCodes.Contains(exception.HResult & 0xFFFF)
            || exception.InnerException is SocketException { SocketErrorCode: SocketError.Shutdown or SocketError.ConnectionReset });
}
