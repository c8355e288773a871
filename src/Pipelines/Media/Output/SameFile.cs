using System.Runtime.InteropServices;
using CogVideoX.Tensors.Files;

namespace CogVideoX.Pipelines.Media;

/// <summary>Whether two paths are one file, so that writing the one would destroy the other.</summary>
internal static partial class SameFile
{
    private const int CurrentFolder = -100, AskInode = 0x100;

    /// <summary>Compares the places that the paths lead to, links followed, and where the system tells, the files themselves.</summary>
    /// <param name="path">A file or folder that needn't exist.</param> <param name="other">Another.</param>
    public static bool Are(string path, string other)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(other);
        if (PathCheck.Problem(path) is not null || PathCheck.Problem(other) is not null)
            return false;
        try
        {
            // Windows and macOS tell names apart by more than their case only on disks that are set up so.
            StringComparison letters = OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
            return RealPath.Of(path).Equals(RealPath.Of(other), letters)
                || (Identity(path) is { } one && one == Identity(other));
        }
        catch (IOException)
        {
            return false;       // links in a circle lead to no file
        }
    }

    // A path through a bind mount is a second name that no link explains.
    private static unsafe (uint Major, uint Minor, ulong Inode)? Identity(string path)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        try
        {
            LinuxFile file = default;
            return Statx(CurrentFolder, Path.GetFullPath(path), 0, AskInode, &file) == 0
                ? (file.DeviceMajor, file.DeviceMinor, file.Inode)
                : null;
        }
        catch (EntryPointNotFoundException)
        {
            return null;        // a C library from before 2018
        }
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Statx(int folder, string path, int flags, uint mask, LinuxFile* file);

    /// <summary><c>struct statx</c> of the Linux kernel, the same on every processor.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct LinuxFile
    {
        [FieldOffset(32)] public ulong Inode;
        [FieldOffset(136)] public uint DeviceMajor;
        [FieldOffset(140)] public uint DeviceMinor;
    }
}
