namespace CogVideoX.Pipelines;

/// <summary>What a disk has left.</summary>
internal static class FreeSpace
{
    /// <summary>Free bytes where a folder lies, or would; null where the system doesn't tell, as for a network path of Windows.</summary>
    public static long? At(string folder)
    {
        string? there = Path.GetFullPath(folder);
        while (there is not null && !Directory.Exists(there))
            there = Path.GetDirectoryName(there);
        try
        {
            return there is null ? null : new DriveInfo(there).AvailableFreeSpace;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
