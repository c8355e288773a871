namespace CogVideoX.Fuzz.Mutation;

/// <summary>Changes bytes without knowing what they mean.</summary>
internal static class ByteMutator
{
    private const int MostChanges = 4;

    /// <param name="within">changes happen in the first so many bytes, where the structure is</param>
    public static byte[] Mutate(FuzzRandom random, ReadOnlySpan<byte> input, int within = int.MaxValue)
    {
        var bytes = new List<byte>(input.Length + 64);
        bytes.AddRange(input);
        for (int changes = random.Next(1, MostChanges + 1); changes > 0; changes--)
            Change(random, bytes, Math.Min(within, bytes.Count));
        return [.. bytes];
    }

    private static void Change(FuzzRandom random, List<byte> bytes, int end)
    {
        int at = random.Next(end + 1), count = Math.Min(random.Length(bytes.Count), bytes.Count - at);
        switch (random.Next(8))
        {
            case 0 when at < bytes.Count: bytes[at] ^= (byte)(1 << random.Next(8)); break;
            case 1 when at < bytes.Count: bytes[at] = (byte)random.Next(256); break;
            case 2: bytes.RemoveRange(at, count); break;
            case 3: bytes.InsertRange(Math.Min(at, bytes.Count), bytes.GetRange(at, count)); break;
            case 4: bytes.RemoveRange(at, bytes.Count - at); break;
            case 5: Overwrite(bytes, at, random.Pick(Hostile.Bytes)); break;
            default: bytes.InsertRange(at, random.Pick(Hostile.Bytes)); break;
        }
    }

    private static void Overwrite(List<byte> bytes, int at, byte[] with)
    {
        for (int i = 0; i < with.Length && at + i < bytes.Count; i++)
            bytes[at + i] = with[i];
    }
}
