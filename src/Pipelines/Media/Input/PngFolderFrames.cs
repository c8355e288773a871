using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines.Media;

/// <summary>The PNG files of a folder, in the order of the numbers in their names.</summary>
internal sealed class PngFolderFrames : FrameSource
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
            string[] found = [.. Directory.EnumerateFiles(folder).Where(file => IsFrame(Path.GetFileName(file)))];
            Array.Sort(found, (a, b) => CompareNumbers(Path.GetFileName(a), Path.GetFileName(b)));
            return found;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"The folder {Quoted.Path(folder)} can't be read: {Quoted.Line(exception.Message)}", exception);
        }
    }

    private static bool IsFrame(string name) => name.EndsWith(".png", StringComparison.OrdinalIgnoreCase) && !name.StartsWith('.');

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
}
