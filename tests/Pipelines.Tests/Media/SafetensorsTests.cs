using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines.Tests.Media;

public class SafetensorsTests
{
    [Fact]
    public void Frames_are_stored_unrounded()
    {
        using var folder = new TestFolder();
        var video = TestVideos.Drifting(3, 5, 7);
        video.SaveAs(folder["clip.safetensors"], new FrameRate(30000, 1001), TestVideos.Metadata);
        byte[] file = File.ReadAllBytes(folder["clip.safetensors"]);

        int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
        Assert.Equal(0, length % 8);
        var header = JsonNode.Parse(file.AsSpan(8, length))!;
        Assert.Equal("30000/1001", (string?)header["__metadata__"]!["fps"]);
        Assert.True(JsonNode.DeepEquals(header["frames"], JsonNode.Parse("""{"dtype":"F32","shape":[3,3,5,7],"data_offsets":[0,1260]}""")));
        Assert.Equal(video.Planes(), MemoryMarshal.Cast<byte, float>(file.AsSpan(8 + length)).ToArray());
    }
}
