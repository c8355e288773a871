using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace CogVideoX.Cli;

/// <summary>
/// The standard streams as the shell gave them. One that it closed (<c>2>&amp;-</c>) has a number that the runtime has long given to a
/// file or pipe of its own, so that nothing may be read or written there.
/// </summary>
internal static partial class StandardStreams
{
    private const int Input = 0, Output = 1, Error = 2;
    private const int GetFlags = 1, CloseOnExec = 1; // F_GETFD and FD_CLOEXEC

    public static bool IsErrorOpen => IsOpen(Error);

    /// <summary>What the shell wrote to is read to its end; nothing where it closed the stream.</summary>
    public static Stream OpenInput() => IsOpen(Input) ? Console.OpenStandardInput() : Stream.Null;

    public static TextWriter OpenOutput() => IsOpen(Output) ? Console.Out : new ClosedWriter();

    /// <summary>For bytes: the console's own stream doesn't tell when its reader has gone.</summary>
    public static Stream OpenBinaryOutput() => OperatingSystem.IsWindows() ? Console.OpenStandardOutput()
        : IsOpen(Output) ? new FileStream(new SafeFileHandle(Output, ownsHandle: false), FileAccess.Write, bufferSize: 0)
        : throw new IOException("standard output is closed");

    public static TextWriter OpenError() => IsErrorOpen ? Console.Error : TextWriter.Null;

    // The runtime opens everything with "close on exec", which no stream has that came through an exec; −1, for none, has that bit too.
    private static bool IsOpen(int stream) => OperatingSystem.IsWindows() || (DescriptorFlags(stream, GetFlags) & CloseOnExec) == 0;

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int DescriptorFlags(int descriptor, int command);

    /// <summary>A stream that isn't there.</summary>
    internal sealed class ClosedWriter : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => throw new IOException("it is closed");
    }
}
