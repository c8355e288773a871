namespace CogVideoX.Pipelines.Hub;

/// <summary>
/// How files come into a cache's snapshots: as links to blobs where the disk and the user can make them, else (Windows without developer
/// mode) as the files themselves, as Hugging Face's own library does it.
/// </summary>
/// <param name="cache">The cache.</param>
/// <param name="makesLinks">Whether links can be made there; null to try.</param>
internal sealed class Snapshots(HubCache cache, bool? makesLinks = null)
{
    private bool? makesLinks = makesLinks;

    /// <summary>Puts a blob into a snapshot.</summary>
    /// <param name="blob">Its file.</param>
    /// <param name="file">Its path in the snapshot.</param>
    /// <param name="isNew">Whether nobody else has the blob, so that it can be moved where there are no links.</param>
    public void Place(string blob, string file, bool isNew)
    {
        string folder = Path.GetDirectoryName(file)!;
        Directory.CreateDirectory(folder);
        string target = Path.GetRelativePath(folder, blob), made = $"{file}.{Guid.NewGuid():N}.tmp";
        if (!MakesLinks())
        {
            if (isNew)
                File.Move(blob, made);
            else
                File.Copy(blob, made);
        }
        else if (new FileInfo(file).LinkTarget == target)
        {
            return;
        }
        else
        {
            File.CreateSymbolicLink(made, target);
        }
        File.Move(made, file, overwrite: true); // so that the name never stands for nothing, or for half
    }

    /// <summary>Writes which commit a revision is at: last of all, so that a branch never names what isn't whole.</summary>
    public void WriteRef(ModelName name, string commit)
    {
        if (name.IsCommit)
            return;
        string file = Path.Combine([cache.FolderOf(name), "refs", .. name.Revision.Split('/')]);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        string made = $"{file}.{Guid.NewGuid():N}.tmp";
        File.WriteAllText(made, commit);
        File.Move(made, file, overwrite: true);
    }

    private bool MakesLinks()
    {
        if (makesLinks is { } known)
            return known;
        string trial = Path.Combine(cache.Folder, $".{Guid.NewGuid():N}.tmp");
        try
        {
            File.CreateSymbolicLink(trial, "nothing");
            File.Delete(trial);
            makesLinks = true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            makesLinks = false;
        }
        return makesLinks.Value;
    }
}
