using System.Runtime.InteropServices;

namespace CogVideoX.Tensors.Files;

/// <summary>
/// What the system says of a file, links followed: .NET tells files from folders alone, and takes a device or a pipe for a file, which a
/// rename would replace.
/// </summary>
internal static partial class FileStatus
{
    private const int CurrentFolder = -100, AskType = 1, AskInode = 0x100; // AT_FDCWD, STATX_TYPE, STATX_INO
    private const int TypeBits = 0xF000, File = 0x8000, Folder = 0x4000;  // S_IFMT, S_IFREG, S_IFDIR

    /// <summary>
    /// What stands at a path that is neither a file nor a folder: <c>a device</c>. Null where one of them does, or nothing, or where the
    /// system doesn't tell.
    /// </summary>
    public static string? OtherThanFile(string path) => TypeOf(path) switch
    {
        null or File or Folder => null,
        0x2000 or 0x6000 => "a device",
        0x1000 => "a pipe",
        0xC000 => "a socket",
        _ => "no file",
    };

    /// <summary>Renames a file to a place where a file may stand, which is replaced; anything else stays.</summary>
    /// <exception cref="IOException">It can't be; so it is where something else than a file stands there.</exception>
    public static void Replace(string place, string file)
    {
        if (OtherThanFile(place) is { } other)
            throw new IOException($"it is {other}, which a file would replace");
        System.IO.File.Move(file, place, overwrite: true);
    }

    /// <summary>Which file it is, whatever it is called: a path through a bind mount is a second name that no link explains.</summary>
    /// <returns>Null where there is none, or where the system doesn't tell.</returns>
    public static (uint Major, uint Minor, ulong Inode)? Identity(string path) =>
        OperatingSystem.IsLinux() && Ask(path, AskInode) is { } file ? (file.DeviceMajor, file.DeviceMinor, file.Inode) : null;

    private static int? TypeOf(string path)
    {
        if (OperatingSystem.IsLinux())
            return Ask(path, AskType)?.Mode & TypeBits;
        return OperatingSystem.IsMacOS() ? AskMac(path)?.Mode & TypeBits : null;
    }

    private static unsafe LinuxFile? Ask(string path, uint mask)
    {
        try
        {
            LinuxFile file = default;
            return Statx(CurrentFolder, Path.GetFullPath(path), 0, mask, &file) == 0 ? file : null;
        }
        catch (EntryPointNotFoundException)
        {
            return null;        // a C library from before 2018
        }
    }

    private static unsafe MacFile? AskMac(string path)
    {
        MacFile file = default;
        string full = Path.GetFullPath(path);
        int result = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? Stat64(full, &file) : Stat(full, &file);
        return result == 0 ? file : null;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Statx(int folder, string path, int flags, uint mask, LinuxFile* file);

    [LibraryImport("libc", EntryPoint = "stat", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Stat(string path, MacFile* file);

    [LibraryImport("libc", EntryPoint = "stat$INODE64", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Stat64(string path, MacFile* file);

    /// <summary><c>struct statx</c> of the Linux kernel, the same on every processor.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct LinuxFile
    {
        [FieldOffset(28)] public ushort Mode;
        [FieldOffset(32)] public ulong Inode;
        [FieldOffset(136)] public uint DeviceMajor;
        [FieldOffset(140)] public uint DeviceMinor;
    }

    /// <summary><c>struct stat</c> of macOS with inodes of 64 bits: 144 bytes, and room to spare.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct MacFile
    {
        [FieldOffset(4)] public ushort Mode;
    }
}
