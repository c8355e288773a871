using System.Text.RegularExpressions;
using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines.Media;

/// <summary>
/// A file or folder on its way to its name: it is made in a hidden folder beside it (so that the last step is a rename, which happens
/// whole or not at all) and moved when it is finished.
/// </summary>
internal sealed partial class OutputTarget : IVideoTarget
{
    private readonly string path;
    private readonly string place;
    private readonly string parent;
    private readonly VideoFormat format;
    private readonly VideoOptions options;
    private WorkFolder? work;

    /// <exception cref="OutputException">Something stands at that path already, or nothing can be written there.</exception>
    public OutputTarget(string path, VideoFormat format, VideoOptions options)
    {
        (this.path, this.format, this.options) = (path, format, options);
        place = Place();
        parent = Path.GetDirectoryName(place) ?? throw Refused("is the root of the disk; name a folder in it");
        CheckInputs();
        CheckOther();
        CheckExisting();
        CheckParent();
    }

    /// <summary>Where the sink writes; for a folder, the sink creates it.</summary>
    public string TemporaryPath => work![Path.GetFileName(place)];

    /// <summary>The path as it was given.</summary>
    public string ShownPath => path;

    private bool IsKept => options.WhenTaken != WhenTaken.Overwrite;

    /// <summary>Where the sink writes the companion with this ending (<see cref="VideoFormat.Companions"/>).</summary>
    public string TemporaryCompanion(string ending) => TemporaryPath + ending;

    public void Begin() => work = WorkFolder.Create(parent);

    /// <summary>Moves the finished file, or folder, to its name or, if that is asked for, to the next free one.</summary>
    public string Publish()
    {
        string name = place;
        if (!IsKept)
        {
            Replace();
        }
        else
        {
            for (int number = 2; !TryTake(name); number++)
            {
                if (options.WhenTaken != WhenTaken.NextFreeName)
                    throw Taken("can't be written: something has appeared there since the start; choose another name, or overwrite it");
                name = Numbered(number);
            }
        }
        Discard();
        return name == place ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)) : name;
    }

    /// <summary>Removes whatever has been written and not published.</summary>
    public void Discard() => work?.Dispose();

    public OutputException? Explain(Exception exception) => exception switch
    {
        _ when OutputErrors.IsDiskFull(exception) => DiskFull(exception),
        IOException or UnauthorizedAccessException => Refused($"could not be written: {exception.Message}", exception),
        _ => null,
    };

    public OutputException DiskFull(Exception? cause = null) => Refused(
        "could not be written: the disk is full. Nothing was left behind; free some space, or choose a place on another disk", cause);

    public OutputException Refused(string problem, Exception? cause = null) => new($"{Quoted.Path(path)} {problem}", inner: cause);

    private OutputException Taken(string problem) => new($"{Quoted.Path(path)} {problem}", isTaken: true);

    /// <summary>A link is followed: it stays, and what it leads to is replaced, or made. A name to be kept is taken as it is.</summary>
    private string Place()
    {
        try
        {
            string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
            return options.WhenTaken == WhenTaken.NextFreeName || new FileInfo(full).LinkTarget is null ? full : RealPath.Of(full);
        }
        catch (IOException exception)
        {
            throw Refused($"can't be written: {exception.Message}", exception);
        }
    }

    private string Numbered(int number)
    {
        string ending = format.IsFolder ? "" : Path.GetExtension(place);
        return $"{place[..^ending.Length]}-{number}{ending}";
    }

    private void CheckInputs()
    {
        if (options.WhenTaken == WhenTaken.NextFreeName)
            return;
        if (options.Inputs.FirstOrDefault(input => WithCompanions(place).Any(name => SameFile.IsLost(name, input))) is not { } lost)
            return;
        string problem = Directory.Exists(place) || Directory.Exists(lost) ? "it would replace what" : "it is the file that";
        throw Refused($"can't be written: {problem} the video is made from ({Quoted.Path(lost)}); choose another name");
    }

    // .NET calls these files, and a rename would replace them. As it was given, too: /dev/stdout is a link that leads to no name.
    private void CheckOther()
    {
        if (options.WhenTaken == WhenTaken.NextFreeName)
            return;
        foreach (string name in WithCompanions(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path))).Concat(WithCompanions(place)))
        {
            if (FileStatus.OtherThanFile(name) is { } other)
                throw Refused($"can't be written: {Quoted.Path(name)} is {other}, which a file would replace; choose another name");
        }
    }

    private IEnumerable<string> WithCompanions(string name) => format.Companions.Select(ending => name + ending).Prepend(name);

    private void CheckExisting()
    {
        if (options.WhenTaken == WhenTaken.NextFreeName)
            return;
        if (format.IsFolder)
            CheckExistingFolder();
        else if (Directory.Exists(place))
            throw Refused("is a folder; end it in '/' to fill it with PNG files, or name a file");
        else if (IsKept && WithCompanions(place).FirstOrDefault(File.Exists) is { } existing)
            throw Taken($"can't be written: {Quoted.Path(path + existing[place.Length..])} exists; choose another name, or overwrite it");
    }

    private void CheckExistingFolder()
    {
        if (File.Exists(place))
            throw Refused("is a file; choose another name for the folder");
        if (!Directory.Exists(place))
            return;
        var entries = Directory.GetFileSystemEntries(place);
        if (entries.FirstOrDefault(entry => !IsFrame(entry)) is { } foreign)
            throw Refused($"holds other things ({Quoted.Path(Path.GetFileName(foreign))}), which stay; choose another folder");
        if (entries.Length > 0 && IsKept)
            throw Taken("holds a video already; choose another folder, or overwrite it");
    }

    private static bool IsFrame(string entry) =>
        NumberedPng().IsMatch(Path.GetFileName(entry)) && !Directory.Exists(entry) && FileStatus.OtherThanFile(entry) is null;

    private void CheckParent()
    {
        if (!Directory.Exists(parent))
            throw Refused($"can't be written: there is no folder {Quoted.Path(parent)}; create it first, or choose another place");
        try
        {
            // Under the very name, which may be too long or hold what this disk doesn't take.
            using var probe = WorkFolder.Create(parent);
            foreach (string name in WithCompanions(Path.GetFileName(place)))
                File.Create(probe[name]).Dispose();
        }
        catch (Exception exception) when (OutputErrors.IsDiskFull(exception))
        {
            throw DiskFull(exception);
        }
        catch (PathTooLongException exception)
        {
            throw Refused("can't be written: the name is too long; choose a shorter one", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Refused(
                $"can't be written: no file of this name can be created in {Quoted.Path(parent)} "
                + $"({exception.Message}); choose another place",
                exception);
        }
    }

    /// <summary>Companions first: with the video, its settings are there.</summary>
    private bool TryTake(string name)
    {
        if (format.IsFolder)
            return FreeName.TryTakeForFolder(name, TemporaryPath);
        var taken = new List<string>();
        foreach (string ending in format.Companions.Append(""))
        {
            bool isOurs = ending == "" || File.Exists(TemporaryCompanion(ending));
            if (isOurs ? FreeName.TryTake(name + ending, TemporaryCompanion(ending)) : !File.Exists(name + ending))
            {
                if (isOurs)
                    taken.Add(ending);
                continue;
            }
            foreach (string back in taken)
                File.Move(name + back, TemporaryCompanion(back));
            return false;
        }
        return true;
    }

    private void Replace()
    {
        if (format.IsFolder)
        {
            ReplaceFolder();
            return;
        }
        foreach (string ending in format.Companions)
        {
            if (File.Exists(TemporaryCompanion(ending)))
                FileStatus.Replace(place + ending, TemporaryCompanion(ending));
            else
                File.Delete(place + ending);        // it belonged to the video that is being replaced
        }
        FileStatus.Replace(place, TemporaryPath);
    }

    private void ReplaceFolder()
    {
        CheckExistingFolder();      // again: somebody may have put other things there since
        if (!Directory.Exists(place))
        {
            Directory.Move(TemporaryPath, place);
            return;
        }
        // Not in the work folder: were we killed here, the next program would sweep it.
        string former = work!.Location + ".former";
        Directory.Move(place, former);
        try
        {
            Directory.Move(TemporaryPath, place);
        }
        catch
        {
            Directory.Move(former, place);
            throw;
        }
        Directory.Delete(former, recursive: true);
    }

    [GeneratedRegex("^[0-9]{4,}[.]png$")]
    private static partial Regex NumberedPng();
}
