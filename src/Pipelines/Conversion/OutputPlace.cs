using CogVideoX.Pipelines.Media;
using CogVideoX.Tensors.Files;

namespace CogVideoX.Pipelines.Conversion;

/// <summary>Where the output goes: whole or not at all.</summary>
internal sealed class OutputPlace
{
    private const string Property = nameof(ConversionRequest.Output);
    private const string ByOverwrite = $"{nameof(ConversionRequest)}.{nameof(ConversionRequest.Overwrite)}"; // in words of options later

    private readonly ConversionRequest request;
    private readonly string target, parent;

    /// <exception cref="RequestException">It is taken, lies in what is read, or can't be written to.</exception>
    public OutputPlace(ConversionRequest request)
    {
        this.request = request;
        target = Real(request.Output);
        parent = Path.GetDirectoryName(target) ?? "/";
        CheckFree();
        CheckApart();
        OutputChecks.Check(Property, request.IsFile ? target : Path.Combine(parent, "model_index.json"));
    }

    /// <summary>Its full path.</summary>
    public string Target => target;

    /// <exception cref="RequestException">The disk has less room.</exception>
    public void CheckRoom(long bytes)
    {
        if (FreeSpace.At(parent) is { } free && free < bytes)
        {
            throw new RequestException(
                Property, $"it takes {ByteSize.ToText(bytes)}, and {ByteSize.ToText(free)} are free there; choose another disk.");
        }
    }

    /// <summary>Writes the files, and gives them their place when <paramref name="check"/> has read them.</summary>
    /// <param name="files">One where the output is a file.</param>
    /// <param name="check">Is given the path where the output lies until then.</param>
    /// <exception cref="RequestException">The place was taken while they were written.</exception>
    public void Write(IReadOnlyList<OutputFile> files, Action<string> check)
    {
        using WorkFolder work = WorkFolder.Create(parent);
        string partial = work[Path.GetFileName(target)];
        if (request.IsFile)
        {
            files.Single().Write(partial);
            check(partial);
            if (request.Overwrite)
                FileStatus.Replace(target, partial);
            else if (!FreeName.TryTake(target, partial))
                throw Taken("has come to exist since the start");
            return;
        }
        foreach (OutputFile file in files)
        {
            string path = Path.Combine(partial, file.Name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            file.Write(path);
        }
        check(partial);
        if (!FreeName.TryTakeForFolder(target, partial))
            throw Taken("has come to exist since the start");
    }

    private void CheckFree()
    {
        if (request.IsFile && Directory.Exists(target))
            throw new RequestException(Property, $"{request.Output} is a folder; name a file in it, or a folder without that ending.");
        if (request.IsFile && File.Exists(target) && !request.Overwrite)
            throw new RequestException(Property, $"{request.Output} exists already; name another file, or replace it with {ByOverwrite}.");
        if (!request.IsFile && (File.Exists(target) || (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any())))
            throw Taken("exists already");
    }

    private void CheckApart()
    {
        string input = Real(request.Input);
        if (SameFile.Are(target, input))
            throw new RequestException(Property, $"{request.Output} is what is read; name another place.");
        for (string? around = parent; around is not null && Directory.Exists(input); around = Path.GetDirectoryName(around))
        {
            if (SameFile.Are(around, input))
                throw new RequestException(Property, $"{request.Output} lies in {request.Input}, which is read; name a place outside it.");
        }
    }

    private RequestException Taken(string how) => new(Property, request.IsFile
        ? $"{request.Output} {how}; name another file, or replace it with {ByOverwrite}."
        : $"{request.Output} {how}; choose a new folder, or remove it first.");

    private static string Real(string path)
    {
        try
        {
            return Path.TrimEndingDirectorySeparator(RealPath.Of(path));
        }
        catch (IOException exception)
        {
            throw new RequestException(Property, $"{path} can't be used: {exception.Message}.", exception);
        }
    }
}
