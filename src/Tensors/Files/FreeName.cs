using System.Runtime.InteropServices;

namespace CogVideoX.Tensors.Files;

/// <summary>Takes names that nothing has: of two programs that want one, one gets it, and the other is told.</summary>
/// <remarks>On Unix, .NET's <c>File.Move</c> without overwriting looks first and renames then: it may replace what came between.</remarks>
internal static partial class FreeName
{
    private const int Exists = 17;      // EEXIST, the same number on Linux, macOS and the BSDs

    /// <summary>Moves a file to a name on the same disk, if nothing stands there.</summary>
    /// <returns>False where the name is taken; then nothing has changed.</returns>
    /// <exception cref="IOException">It can't be moved there.</exception>
    public static bool TryTake(string name, string file)
    {
        if (OperatingSystem.IsWindows())
            return TryMove(name, file);
        if (Link(file, name) != 0)
            return Marshal.GetLastPInvokeError() != Exists && TryReserve(name, file);
        File.Delete(file);
        return true;
    }

    /// <summary>Moves a folder to a name on the same disk, if nothing but an empty folder stands there.</summary>
    /// <returns>False where the name is taken; then nothing has changed.</returns>
    /// <exception cref="IOException">It can't be moved there.</exception>
    public static bool TryTakeForFolder(string name, string folder)
    {
        if (new FileInfo(name).LinkTarget is not null)
            return false;
        try
        {
            if (Directory.Exists(name))
                Directory.Delete(name);         // refuses unless it is empty
            Directory.Move(folder, name);       // so does the system's rename, if one with files has come since
            return true;
        }
        catch (IOException) when (Path.Exists(name))
        {
            return false;
        }
    }

    /// <summary>For disks without hard links, such as FAT: whoever creates the empty file has the name.</summary>
    internal static bool TryReserve(string name, string file)
    {
        try
        {
            new FileStream(name, FileMode.CreateNew).Dispose();
        }
        catch (IOException) when (Path.Exists(name))
        {
            return false;
        }
        try
        {
            File.Move(file, name, overwrite: true);
            return true;
        }
        catch
        {
            File.Delete(name);
            throw;
        }
    }

    private static bool TryMove(string name, string file)
    {
        try
        {
            File.Move(file, name);
            return true;
        }
        catch (IOException) when (Path.Exists(name))
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string file, string name);
}
