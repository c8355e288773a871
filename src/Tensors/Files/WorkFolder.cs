using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace CogVideoX.Tensors.Files;

/// <summary>
/// A hidden folder in which a file or folder is made before it is moved, whole, to its place beside it. Its maker holds a lock in it, which
/// ends with the process however that ends: so a folder whose lock is free was left by a program that was killed, and is removed by the
/// next one that makes a folder there. A program that exits while its threads still write removes its own.
/// </summary>
internal sealed partial class WorkFolder : IDisposable
{
    private const string Pattern = ".cogvideox-*.tmp", LockName = ".lock";
    // On Unix a file is opened first and locked then: one that was made this moment may be about to be locked. Once it is, it gets a
    // length.
    private static readonly TimeSpan TimeToLock = TimeSpan.FromMinutes(1);

    private static readonly ConcurrentDictionary<string, bool> Live = new();

    private readonly FileStream held;

    static WorkFolder() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (string folder in Live.Keys)
            Remove(folder);
    };

    private WorkFolder(string path, FileStream held)
    {
        Location = path;
        this.held = held;
    }

    /// <summary>Where it is.</summary>
    public string Location { get; }

    /// <summary>The path of something in it.</summary>
    public string this[string name] => Path.Combine(Location, name);

    /// <summary>Makes one, and removes those beside it that nobody holds any more.</summary>
    /// <param name="parent">An existing folder.</param>
    /// <exception cref="IOException">It can't be made: the disk is full, …</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not make it there.</exception>
    public static WorkFolder Create(string parent)
    {
        string path = Path.Combine(parent, $".cogvideox-{Guid.NewGuid():N}.tmp");
        Live[path] = true;
        try
        {
            Directory.CreateDirectory(path);
            FileStream held = Hold(path, FileMode.CreateNew);
            held.SetLength(1);
            var work = new WorkFolder(path, held);
            SweepBeside(work, parent);
            return work;
        }
        catch
        {
            Remove(path);
            Live.TryRemove(path, out _);
            throw;
        }
    }

    /// <summary>Removes it with everything that is still in it.</summary>
    public void Dispose()
    {
        held.Dispose();
        Remove(Location);
        Live.TryRemove(Location, out _);
    }

    private static FileStream Hold(string folder, FileMode mode) =>
        new(Path.Combine(folder, LockName), mode, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);

    private static void SweepBeside(WorkFolder own, string parent)
    {
        // A disk without locks (some network ones) would say that ours is free too: there nobody can tell whose a folder is.
        if (!IsHeld(own.Location))
            return;
        try
        {
            foreach (string folder in Directory.GetDirectories(parent, Pattern))
            {
                if (Name().IsMatch(Path.GetFileName(folder)) && IsForsaken(folder))
                    Remove(folder);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A folder that may be written to and not listed: sweeping is a courtesy.
        }
    }

    private static bool IsForsaken(string folder) => new DirectoryInfo(folder).LinkTarget is null     // we make no links
        && (WasHeld(folder) || Directory.GetLastWriteTimeUtc(folder) < DateTime.UtcNow - TimeToLock)
        && !IsHeld(folder);

    private static bool WasHeld(string folder) => new FileInfo(Path.Combine(folder, LockName)) is { Exists: true, Length: > 0 };

    private static bool IsHeld(string folder)
    {
        try
        {
            Hold(folder, FileMode.Open).Dispose();
            return false;
        }
        catch (FileNotFoundException)
        {
            return false;       // its maker was killed before it had a lock, or while removing it
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    private static void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Whoever comes here has a result, or an error that matters more; the next program sweeps.
        }
    }

    [GeneratedRegex("^[.]cogvideox-[0-9a-f]{32}[.]tmp$")]
    private static partial Regex Name();
}
