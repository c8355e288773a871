using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;

namespace CogVideoX.Pipelines.Media;

/// <summary>Streams frames into a safetensors file; its header can come first because the number of frames is known.</summary>
internal sealed class SafetensorsSink(OutputTarget target, VideoShape shape, VideoOptions options) : StreamSink(target, shape, options)
{
    private const int Alignment = 8;
    private readonly GenerationMetadata? metadata = options.Metadata;
    private readonly float[] planes = new float[shape.FrameLength]; // [3,H,W], as the file has them

    protected override void WriteHeader()
    {
        string json = Header().ToJsonString();
        // Spaces to a multiple of 8, so that the numbers are aligned in a memory map.
        byte[] header = Encoding.ASCII.GetBytes(json.PadRight((json.Length + Alignment - 1) / Alignment * Alignment));
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        Output.Write(length);
        Output.Write(header);
    }

    private protected override void WriteFrame(ReadOnlySpan<float> frame, int index, CancellationToken cancellation)
    {
        for (int i = 0; i < Shape.Pixels; i++)
        {
            planes[i] = frame[3 * i];
            planes[Shape.Pixels + i] = frame[3 * i + 1];
            planes[2 * Shape.Pixels + i] = frame[3 * i + 2];
        }
        Output.Write(MemoryMarshal.AsBytes(planes.AsSpan()));
        FrameIsDone();
    }

    private JsonObject Header()
    {
        var about = new JsonObject { ["fps"] = Shape.Rate.ToString() };
        if (metadata is not null)
            about[SafetensorsFormat.SettingsKey] = metadata.ToJson();
        long bytes = (long)Shape.Count * Shape.FrameLength * sizeof(float);
        return new JsonObject
        {
            [SafetensorsFormat.MetadataKey] = about,
            ["frames"] = new JsonObject
            {
                ["dtype"] = "F32",
                ["shape"] = new JsonArray(Shape.Count, 3, Shape.Height, Shape.Width),
                ["data_offsets"] = new JsonArray(0L, bytes),
            },
        };
    }
}
