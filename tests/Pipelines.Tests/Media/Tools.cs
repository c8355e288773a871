using System.Diagnostics;
using System.Text.Json.Nodes;
using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines.Tests.Media;

/// <summary>The programs that judge our files.</summary>
internal static class Tools
{
    public static void RequireFfmpeg() =>
        Assert.SkipWhen(FfmpegProgram.Find() is null, "the ffmpeg program isn't on PATH");

    public static void RequireFor(string ending)
    {
        if (VideoFormats.ForPath("clip" + ending).NeedsFfmpeg)
            RequireFfmpeg();
    }

    /// <summary>The first video stream as ffprobe sees it, its frames counted by decoding them.</summary>
    public static JsonNode Probe(string file)
    {
        byte[] answer = Run("ffprobe", "-v", "error", "-select_streams", "v:0", "-count_frames", "-show_streams", "-of", "json", file);
        return JsonNode.Parse(answer)!["streams"]![0]!;
    }

    /// <summary>Every frame as RGB24, as ffmpeg decodes them.</summary>
    public static byte[] Decode(string file) => Run(
        "ffmpeg", "-v", "error", "-i", file, "-vf", "scale=flags=accurate_rnd+full_chroma_int+full_chroma_inp",
        "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "rgb24", "-");

    /// <summary>Runs a program, which must succeed without a complaint.</summary>
    public static byte[] Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var complaints = process.StandardError.ReadToEndAsync();
        var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        Assert.Equal("", complaints.Result);
        Assert.Equal(0, process.ExitCode);
        return output.ToArray();
    }

    public static (int Largest, double Mean) Difference(byte[] expected, byte[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        var differences = expected.Zip(actual, (a, b) => Math.Abs(a - b));
        return (differences.Max(), differences.Average());
    }
}
