using System.Buffers.Binary;
using System.Text.Json.Nodes;

namespace CogVideoX.Fuzz.Mutation;

/// <summary>Safetensors files with another header, another length of it, or other bytes anywhere.</summary>
internal sealed class SafetensorsMutator
{
    private const int LengthBytes = 8;

    private readonly byte[] file;
    private readonly int headerEnd;
    private readonly JsonNode header;

    public SafetensorsMutator(byte[] file)
    {
        this.file = file;
        headerEnd = LengthBytes + (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        header = JsonNode.Parse(file.AsSpan(LengthBytes, headerEnd - LengthBytes))!;
    }

    public byte[] Mutate(FuzzRandom random)
    {
        if (random.OneIn(3))
            return ByteMutator.Mutate(random, file, random.OneIn(4) ? file.Length : headerEnd + LengthBytes);
        byte[] text = JsonMutator.Mutate(random, header);
        var length = new byte[LengthBytes];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        return [.. length, .. text, .. file.AsSpan(headerEnd)];
    }
}
