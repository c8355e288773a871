using System.Text.RegularExpressions;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines.Media;

/// <summary>The PNG files of a folder, in the order of the numbers in their names.</summary>
internal sealed partial class PngFolderFrames : FrameSource
{
    private readonly string[] files;
    private readonly InputLimits limits;
    private StillImage? first;
    private int next;

    public PngFolderFrames(string folder, InputLimits limits)
        : base(VideoProbe.Subject(folder))
    {
        this.limits = limits;
        files = Files(folder);
        if (files.Length == 0)
            throw new InputException($"The folder {Quoted.Path(folder)} has no PNG file in it. Give a folder with a PNG file a frame.");
        if (files.Length > limits.MostFrames)
            throw new InputException($"{Subject} has {files.Length} frames; at most {limits.MostFrames} are read. Take some out first.");
        first = StillImage.Load(files[0], background: null, limits);
        Probe = new VideoProbe("folder of PNG files", first.Width, first.Height, "rgb24") { FrameCount = files.Length };
    }

    public override VideoProbe Probe { get; }

    /// <summary>Where numbers are missing: frames that got lost, perhaps.</summary>
    public override string? Note
    {
        get
        {
            string[] names = [.. files.Select(file => Path.GetFileName(file))];
            long[] steps = [.. names.Zip(names.Skip(1), Step)];
            long usual = steps.Where(step => step > 0).DefaultIfEmpty().Min();
            int[] gaps = [.. Enumerable.Range(0, steps.Length).Where(i => steps[i] > usual)];
            return gaps.Length == 0
                ? null
                : $"Numbers are missing between {Quoted.Name(names[gaps[0]])} and {Quoted.Name(names[gaps[0] + 1])}"
                    + (gaps.Length > 1 ? $", and in {Counted.Of(gaps.Length - 1, "place")} more." : ".");
        }
    }

    public override bool Read(Span<byte> frame, CancellationToken cancellation)
    {
        if (next == files.Length)
            return false;
        var picture = first ?? StillImage.Load(files[next], background: null, limits);
        first = null;
        if (picture.Width != Probe.Width || picture.Height != Probe.Height)
        {
            throw new InputException(
                $"The picture {Quoted.Path(files[next])} is {picture.Width}×{picture.Height}, the frames before it are "
                + $"{Probe.Width}×{Probe.Height}. Make them all alike.");
        }
        picture.Rgb24.CopyTo(frame);
        next++;
        return true;
    }

    public override bool Skip(Span<byte> scratch, CancellationToken cancellation)
    {
        if (next == files.Length)
            return false;
        first = null;
        next++;
        return true;
    }

    public override void Dispose() { }

    private static string[] Files(string folder)
    {
        try
        {
            string[] found = [.. Directory.EnumerateFiles(folder).Where(IsFrame)];
            Array.Sort(found, (a, b) => CompareNumbers(Path.GetFileName(a), Path.GetFileName(b)));
            return found;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"The folder {Quoted.Path(folder)} can't be read: {Quoted.Line(exception.Message)}", exception);
        }
    }

    /// <summary>Whether a file of a folder is one of its pictures, by its name.</summary>
    internal static bool IsFrame(string file) =>
        file.EndsWith(".png", StringComparison.OrdinalIgnoreCase) && !Path.GetFileName(file).StartsWith('.');

    // How far the last number of a name is from that of another which is like it; 0 where none is.
    private static long Step(string before, string after)
    {
        Match one = LastNumber().Match(before), other = LastNumber().Match(after);
        bool areAlike = one.Success && other.Success && one.Groups[1].Value == other.Groups[1].Value;
        return areAlike && long.TryParse(one.Groups[2].Value, out long from) && long.TryParse(other.Groups[2].Value, out long to)
            ? to - from
            : 0;
    }

    /// <summary>Letter by letter, but runs of digits by their value: 2 comes before 10.</summary>
    internal static int CompareNumbers(string a, string b)
    {
        for (int i = 0, j = 0; i < a.Length && j < b.Length;)
        {
            if (!char.IsAsciiDigit(a[i]) || !char.IsAsciiDigit(b[j]))
            {
                if (a[i] != b[j])
                    return a[i].CompareTo(b[j]);
                (i, j) = (i + 1, j + 1);
                continue;
            }
            ReadOnlySpan<char> left = Digits(a, ref i), right = Digits(b, ref j);
            int order = left.Length != right.Length ? left.Length.CompareTo(right.Length) : left.SequenceCompareTo(right);
            if (order != 0)
                return order;
        }
        return a.Length != b.Length ? a.Length.CompareTo(b.Length) : string.CompareOrdinal(a, b);
    }

    private static ReadOnlySpan<char> Digits(string text, ref int at)
    {
        int start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
            at++;
        return text.AsSpan(start, at - start).TrimStart('0');
    }

    [GeneratedRegex("^(.*?)([0-9]+)[^0-9]*$", RegexOptions.Singleline)]
    private static partial Regex LastNumber();
}
