using System.Diagnostics;
using System.Runtime.InteropServices;
using Xunit;

namespace CogVideoX.Testing;

/// <summary>
/// What stands in a folder and is neither a file nor a folder: never one of the system's own, which a faulty program would replace.
/// </summary>
public static partial class SpecialFile
{
    /// <summary>Each kind, in the words of messages.</summary>
    public static string[] Kinds => ["a pipe", "a socket", "a device"];

    /// <summary>Makes one; the test is skipped where this user, or this system, can't.</summary>
    /// <param name="path">Where nothing stands.</param>
    /// <param name="kind">Of <see cref="Kinds"/>.</param>
    /// <returns>The path.</returns>
    public static string Make(string path, string kind)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "made by a call of Linux");
        const uint Rights = 0x180, Pipe = 0x1000, Device = 0x2000, Socket = 0xC000;
        const ulong Null = (1 << 8) | 3; // the device that takes and forgets, under another name
        uint type = kind switch { "a pipe" => Pipe, "a socket" => Socket, _ => Device };
        bool isMade = Mknod(path, type | Rights, type == Device ? Null : 0) == 0;
        Assert.SkipUnless(isMade, $"this user may not make {kind}");
        return path;
    }

    /// <summary>What stands there, as the program stat says; null for a file.</summary>
    public static string? KindOf(string path)
    {
        var start = new ProcessStartInfo("stat", ["-c", "%F", path]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string kind = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return kind switch { "fifo" => "a pipe", "socket" => "a socket", "character special file" => "a device", _ => null };
    }

    [LibraryImport("libc", EntryPoint = "mknod", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Mknod(string path, uint mode, ulong device);
}
