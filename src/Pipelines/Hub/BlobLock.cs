namespace CogVideoX.Pipelines.Hub;

/// <summary>
/// The lock of one file of a cache, which one process at a time holds while it downloads. Names and kind of lock are those of Python's
/// filelock on Unix, so that its downloads and ours wait for each other; it ends with the process, however that ends.
/// </summary>
internal static class BlobLock
{
    private const int Linux = 11, MacOs = 35, WindowsSharing = 32, WindowsLock = 33; // EWOULDBLOCK, and what Windows has for it

    /// <summary>The folder that has a model's locks.</summary>
    public static string FolderOf(HubCache cache, ModelName name) => Path.Combine(cache.Folder, ".locks", name.Folder);

    /// <summary>Takes a lock, if it is free.</summary>
    /// <param name="file">Its file, which is made where there is none.</param>
    /// <returns>What holds it; null where another process, or another thread, does.</returns>
    /// <exception cref="IOException">The file can't be made: the disk is full, or can't be written to.</exception>
    public static FileStream? TryTake(string file)
    {
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException exception) when (IsTaken(exception.HResult))
        {
            return null;
        }
    }

    private static bool IsTaken(int code) => OperatingSystem.IsWindows()
        ? (code & 0xFFFF) is WindowsSharing or WindowsLock
        : code == (OperatingSystem.IsLinux() ? Linux : MacOs);
}
