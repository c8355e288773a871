using System.Buffers.Binary;

namespace CogVideoX.Fuzz.Mutation;

/// <summary>GGUF files with other counts, lengths, types and offsets, or other bytes anywhere.</summary>
internal sealed class GgufMutator(byte[] file)
{
    private const int HeaderBytes = 4096; // where most of it is

    private static readonly ulong[] Numbers =
    [
        0, 1, 2, 3, 8, 9, 12, 13, 32, 255, 256, int.MaxValue, 1u << 31, uint.MaxValue, 1ul << 32, 1ul << 40, 1ul << 60, 1ul << 61,
        (1ul << 61) + 1, long.MaxValue, 1ul << 63, ulong.MaxValue - 31, ulong.MaxValue,
    ];

    public byte[] Mutate(FuzzRandom random)
    {
        int within = random.OneIn(4) ? file.Length : Math.Min(file.Length, HeaderBytes);
        if (random.OneIn(2))
            return ByteMutator.Mutate(random, file, within);
        byte[] bytes = [.. file];
        for (int changes = random.Next(1, 4); changes > 0; changes--)
        {
            ulong number = random.OneIn(3) ? (ulong)random.Next(1 << 16) : random.Pick(Numbers);
            Span<byte> at = bytes.AsSpan(random.Next(within - sizeof(ulong)));
            if (random.OneIn(2))
                BinaryPrimitives.WriteUInt64LittleEndian(at, number);
            else
                BinaryPrimitives.WriteUInt32LittleEndian(at, (uint)number);
        }
        return bytes;
    }
}
