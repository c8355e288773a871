using CogVideoX.Pipelines.Media;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests;

/// <summary>Videos to encode.</summary>
internal static class TestClips
{
    /// <summary>A clip of the reference's from the bundled model, 64×64, or resized.</summary>
    public static VideoClip Shapes(int count, PixelSize? size = null)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("clip.y4m");
        Frames(count).Save(path, new FrameRate(8));
        return VideoClip.Load(path, new ClipOptions { Size = size });
    }

    /// <summary>Its frames.</summary>
    public static VideoFrames Frames(int count)
    {
        using SafetensorsFile file = Golden.Open("shapes-reference/frames.safetensors");
        byte[] planes = file["frames.0"].AsReadOnlySpan<byte>().ToArray(); // [F, 3, 64, 64]
        const int Pixels = 64 * 64;
        var pixels = new float[count * Pixels * 3];
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = planes[(i / 3 / Pixels * 3 + i % 3) * Pixels + i / 3 % Pixels] / 255f;
        return new VideoFrames(pixels, count, 64, 64);
    }
}
