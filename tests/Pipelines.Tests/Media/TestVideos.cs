using System.Text.Json.Nodes;
using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines.Tests.Media;

/// <summary>Videos and settings to write.</summary>
internal static class TestVideos
{
    public static FrameRate Rate { get; } = new(8);

    public static GenerationMetadata Metadata { get; } = new(
        "a \"red\" circle; it's 100 % = ok #1 \\ </rdf:li>\nsecond line\r\n🎬 größe 円 \u0001\t end ",
        "blurry, <low> & 'bad'",
        ulong.MaxValue,
        new Dictionary<string, JsonNode?>
        {
            ["steps"] = 50,
            ["guidance_scale"] = 6.1,
            ["dynamic_cfg"] = false,
            ["image"] = null,
            ["lora"] = new JsonArray("a.safetensors:0.5", "b"),
        });

    /// <summary>Soft colours that drift from frame to frame: nothing that chroma at half size would blur.</summary>
    public static VideoFrames Drifting(int count = 5, int height = 32, int width = 48) => Make(
        count, height, width, (frame, channel, y, x) => 0.5f + 0.5f * MathF.Sin(0.045f * x + 0.035f * y + 0.4f * frame + 2.1f * channel));

    /// <summary>One flat colour a frame.</summary>
    public static VideoFrames Flat(params (float Red, float Green, float Blue)[] colours) => Make(
        colours.Length, 32, 48, (frame, channel, _, _) => channel switch
        {
            0 => colours[frame].Red,
            1 => colours[frame].Green,
            _ => colours[frame].Blue,
        });

    /// <summary>Noise, also outside [0,1].</summary>
    public static VideoFrames Noise(int count, int height, int width)
    {
        var random = new Random(7);
        return Make(count, height, width, (_, _, _, _) => random.NextSingle() * 1.2f - 0.1f);
    }

    /// <summary>Every frame in 8 bits, one behind the other.</summary>
    public static byte[] Bytes(VideoFrames video) => [.. Enumerable.Range(0, video.Count).SelectMany(video.FrameRgb24)];

    /// <summary>The same numbers as [F,3,H,W], which is how the reference and safetensors files have them.</summary>
    public static float[] Planes(this VideoFrames video)
    {
        int pixels = video.Height * video.Width;
        ReadOnlySpan<float> frames = video.Data.Span;
        var planes = new float[frames.Length];
        for (int i = 0; i < frames.Length; i++)
        {
            int pixel = i / 3, frame = pixel / pixels;
            planes[(3 * frame + i % 3) * pixels + pixel % pixels] = frames[i];
        }
        return planes;
    }

    public static VideoShape Shape(VideoFrames video) => new(video.Count, video.Height, video.Width, Rate);

    public static void SaveAs(
        this VideoFrames video, string path, FrameRate rate, GenerationMetadata? metadata = null, bool overwrite = false) =>
        video.Save(path, rate, metadata, overwrite, TestContext.Current.CancellationToken);

    private static VideoFrames Make(int count, int height, int width, Func<int, int, int, int, float> value)
    {
        var data = new float[count * 3 * height * width];
        for (int frame = 0; frame < count; frame++)
        {
            for (int channel = 0; channel < 3; channel++)
            {
                for (int y = 0; y < height; y++)
                {
                    for (int x = 0; x < width; x++)
                        data[((frame * height + y) * width + x) * 3 + channel] = value(frame, channel, y, x);
                }
            }
        }
        return new VideoFrames(data, count, height, width);
    }
}
