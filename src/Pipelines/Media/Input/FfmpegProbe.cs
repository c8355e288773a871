using System.Globalization;
using System.Text.Json;
using CogVideoX.Tensors.Safetensors;
using FFMpegCore;
using FFMpegCore.Exceptions;

namespace CogVideoX.Pipelines.Media;

/// <summary>
/// Asks ffprobe, and has FFMpegCore read the answer. The question is ours: it names the reader, lets nothing else be opened, has an end,
/// and asks for no text of the file's author (docs/media.md).
/// </summary>
internal static class FfmpegProbe
{
    private const string Entries = "stream=index,codec_type,width,height,pix_fmt,avg_frame_rate,r_frame_rate,nb_frames,duration"
        + ":stream_side_data=side_data_type,rotation:format=duration";

    /// <exception cref="InputException">There is no ffprobe, it can't read the file, or the video is too large.</exception>
    public static VideoProbe Ask(string path, Container container, FfmpegProgram ffmpeg, InputLimits limits)
    {
        string subject = VideoProbe.Subject(path);
        string answer = Answer(subject, container, ffmpeg, Question(path, container, Entries));
        var analysis = Parse(subject, container, answer);
        if (analysis.PrimaryVideoStream is not { } video)
            throw new InputException($"{subject} has no video in it. Give a file that has.");
        var stream = analysis.Raw.Streams[0];
        var (width, height) = (stream.Width ?? 0, stream.Height ?? 0);
        limits.CheckSize(subject, width, height);
        var rate = Ratio.TryParse(stream.AvgFrameRate) ?? Ratio.TryParse(stream.FrameRate);
        long? count = Count(stream) ?? Counted(path, container, ffmpeg);
        int rotation = Clockwise(video.Rotation);
        if (rotation % 180 != 0)
            (width, height) = (height, width);
        return new VideoProbe(container.Name, width, height, Quoted.Line(stream.PixelFormat ?? "unknown"))
        {
            Rate = rate,
            FrameCount = count,
            Duration = Seconds(stream.Duration) ?? Seconds(analysis.Raw.Format.Duration) ?? VideoProbe.Lasting(count, rate),
            Rotation = rotation,
        };
    }

    /// <summary>When frames are shown, in seconds, rising: goes through the file, without decoding.</summary>
    /// <param name="until">How much of the file; null for all of it.</param>
    /// <returns>Null where the file doesn't say it of each, where that has no end, or fails: then reading will say why.</returns>
    public static double[]? Times(string path, Container container, FfmpegProgram ffmpeg, TimeSpan? until)
    {
        string[] part = until is { } time
            ? ["-read_intervals", "%+" + time.TotalSeconds.ToString("0.######", CultureInfo.InvariantCulture)]
            : [];
        string answer;
        try
        {
            answer = ffmpeg.AskProbe(
                ffmpeg.PatienceForWholeFiles, Question(path, container, "packet=pts_time,flags", [.. part, "-of", "csv=p=0"]));
        }
        catch (IOException)
        {
            return null;
        }
        var times = new List<double>();
        foreach (var line in answer.AsSpan().EnumerateLines())
        {
            int comma = line.IndexOf(',');
            if (comma < 0 || line[comma..].Contains('D'))
                continue;               // an edit list leaves these out: D for discard
            if (!double.TryParse(line[..comma], NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds))
                return null;
            times.Add(seconds);
        }
        times.Sort();
        return times.Count > 0 && double.IsFinite(times[0]) && double.IsFinite(times[^1]) ? [.. times] : null;
    }

    private static string[] Question(string path, Container container, string entries, params string[] more) =>
    [
        "-v", "error", "-protocol_whitelist", "file", "-f", container.Demuxer, "-select_streams", "V:0",
        "-show_entries", entries, "-of", "json", .. more, "file:" + Path.GetFullPath(path),
    ];

    private static string Answer(string subject, Container container, FfmpegProgram ffmpeg, string[] question)
    {
        try
        {
            return ffmpeg.AskProbe(ffmpeg.Patience, question);
        }
        catch (IOException exception)
        {
            string remedy = exception is FfmpegFailureException ? ". Copy or download it again." : "";
            throw new InputException($"{subject} can't be read as {container.Name}: {Quoted.Line(exception.Message)}{remedy}", exception);
        }
    }

    private static IMediaAnalysis Parse(string subject, Container container, string answer)
    {
        try
        {
            return FFProbe.FromJson(answer);
        }
        catch (Exception exception) when (exception is JsonException or FFMpegException or FormatException or OverflowException
            or InvalidOperationException or ArgumentException)
        {
            throw new InputException(
                $"{subject} can't be read as {container.Name}: ffprobe's answer about it makes no sense "
                + $"({Quoted.Line(exception.Message)}). Write it anew with another program.",
                exception);
        }
    }

    private static long? Count(FFProbeStream stream) =>
        stream.ExtensionData is { } more && more.TryGetValue("nb_frames", out var number) ? Positive(number.ToString()) : null;

    /// <summary>Goes through the file, without decoding; some kinds (Matroska) don't say how many frames they have.</summary>
    /// <returns>Null where that has no end, or fails: then reading will say why.</returns>
    private static long? Counted(string path, Container container, FfmpegProgram ffmpeg)
    {
        string answer;
        try
        {
            answer = ffmpeg.AskProbe(
                ffmpeg.PatienceForWholeFiles, Question(path, container, "stream=nb_read_packets", "-count_packets"));
        }
        catch (IOException)
        {
            return null;
        }
        using var json = JsonDocument.Parse(answer);
        var counted = json.RootElement.GetProperty("streams")[0];
        return counted.TryGetProperty("nb_read_packets", out var number) ? Positive(number.ToString()) : null;
    }

    // ffprobe counts the other way round, and from −180.
    private static int Clockwise(int counterclockwise) => (360 - counterclockwise % 360 + 45) % 360 / 90 * 90;

    private static long? Positive(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number > 0 ? number : null;

    private static TimeSpan? Seconds(string? text)
    {
        bool isNumber = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds);
        return isNumber ? VideoProbe.SaneSeconds(seconds) : null;
    }
}
