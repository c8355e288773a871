using System.Text.RegularExpressions;

namespace CogVideoX.Pipelines.Media;

/// <summary>
/// A file or folder on its way to its name: it is made under a temporary name in the same folder (so that the last step is a
/// rename, which happens whole or not at all) and moved when it is finished.
/// </summary>
internal sealed partial class OutputTarget
{
    // errno and Windows codes for "no space left" and "quota exceeded"; .NET puts them into the low half of HResult.
    private static readonly int[] DiskFullCodes = OperatingSystem.IsWindows() ? [39, 112] : [28, 69, 122];

    private readonly string shownPath;
    private readonly string finalPath;
    private readonly bool folder;
    private readonly bool overwrite;
    private readonly IReadOnlyList<string> companions;

    /// <exception cref="OutputException">Something stands at that path already, or nothing can be written there.</exception>
    public OutputTarget(string path, VideoFormat format, bool overwrite)
    {
        (shownPath, folder, companions, this.overwrite) = (path, format.IsFolder, format.Companions, overwrite);
        finalPath = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        string parent = Path.GetDirectoryName(finalPath)
            ?? throw Refused("is the root of the disk; name a folder in it");
        string unique = Guid.NewGuid().ToString("N")[..8];
        TemporaryPath = Path.Combine(parent, $".{Path.GetFileName(finalPath)}.{unique}.tmp");
        CheckExisting();
        CheckParent(parent);
    }

    /// <summary>Where the sink writes; for a folder, the sink creates it.</summary>
    public string TemporaryPath { get; }

    /// <summary>Where the sink writes the companion with this ending (<see cref="VideoFormat.Companions"/>).</summary>
    public string TemporaryCompanion(string ending) => TemporaryPath + ending;

    /// <summary>Moves the finished file, or folder, to its name.</summary>
    public void Publish()
    {
        foreach (string ending in companions)
            PublishCompanion(ending);
        if (folder)
            PublishFolder();
        else
            File.Move(TemporaryPath, finalPath, overwrite);
    }

    /// <summary>Removes whatever has been written under the temporary name.</summary>
    public void Discard()
    {
        try
        {
            foreach (string ending in companions)
                File.Delete(TemporaryCompanion(ending));
            if (folder && Directory.Exists(TemporaryPath))
                Directory.Delete(TemporaryPath, recursive: true);
            else
                File.Delete(TemporaryPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Discard runs while another error is on its way to the user, or on the way out: that one matters more.
        }
    }

    /// <summary>The error for the user, or null where the exception isn't about files.</summary>
    public OutputException? Explain(Exception e) => e switch
    {
        IOException when DiskFullCodes.Contains(e.HResult & 0xFFFF) => DiskFull(e),
        IOException or UnauthorizedAccessException => Refused($"could not be written: {e.Message}", e),
        _ => null,
    };

    public OutputException DiskFull(Exception? cause = null) => Refused(
        "could not be written: the disk is full. Nothing was left behind; free some space, or choose a place on another disk", cause);

    public OutputException Refused(string problem, Exception? cause = null) => new($"'{shownPath}' {problem}", inner: cause);

    private OutputException Taken(string problem) => new($"'{shownPath}' {problem}", isTaken: true);

    private void CheckExisting()
    {
        if (folder)
            CheckExistingFolder();
        else if (Directory.Exists(finalPath))
            throw Refused("is a folder; end it in '/' to fill it with PNG files, or name a file");
        else if (!overwrite && companions.Prepend("").FirstOrDefault(ending => File.Exists(finalPath + ending)) is { } ending)
            throw Taken($"can't be written: '{shownPath}{ending}' exists; choose another name, or overwrite it");
    }

    private void CheckExistingFolder()
    {
        if (File.Exists(finalPath))
            throw Refused("is a file; choose another name for the folder");
        if (!Directory.Exists(finalPath))
            return;
        var entries = Directory.GetFileSystemEntries(finalPath);
        if (entries.FirstOrDefault(entry => !NumberedPng().IsMatch(Path.GetFileName(entry))) is { } foreign)
            throw Refused($"holds other things ('{Path.GetFileName(foreign)}'), which are never replaced; choose another folder");
        if (entries.Length > 0 && !overwrite)
            throw Taken("holds a video already; choose another folder, or overwrite it");
    }

    private void CheckParent(string parent)
    {
        if (!Directory.Exists(parent))
            throw Refused($"can't be written: there is no folder '{parent}'; create it first, or choose another place");
        try
        {
            File.Create(TemporaryPath, 1, FileOptions.DeleteOnClose).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Explain(e) is { } full && DiskFullCodes.Contains(e.HResult & 0xFFFF)
                ? full
                : Refused($"can't be written: no file can be created in '{parent}' ({e.Message}); choose another place", e);
        }
    }

    private void PublishCompanion(string ending)
    {
        if (File.Exists(TemporaryCompanion(ending)))
            File.Move(TemporaryCompanion(ending), finalPath + ending, overwrite);
        else
            File.Delete(finalPath + ending);        // it belonged to the video that is being replaced
    }

    private void PublishFolder()
    {
        if (!Directory.Exists(finalPath))
        {
            Directory.Move(TemporaryPath, finalPath);
            return;
        }
        string former = TemporaryPath + ".former";
        Directory.Move(finalPath, former);
        try
        {
            Directory.Move(TemporaryPath, finalPath);
        }
        catch
        {
            Directory.Move(former, finalPath);
            throw;
        }
        Directory.Delete(former, recursive: true);
    }

    [GeneratedRegex("^[0-9]{4,}[.]png$")]
    private static partial Regex NumberedPng();
}
