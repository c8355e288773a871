using System.IO.Compression;

namespace CogVideoX.Fuzz.Mutation;

/// <summary>
/// Changes files of <c>torch.save</c>: any bytes, some bytes in place (so that what lies behind stays where the zip's directory says), or
/// the pickle of a zip, which is packed again around it.
/// </summary>
internal sealed class PickleMutator
{
    private const string PickleName = "data.pkl", Opcodes = "}])(NKMJGXchjqrtaesubRQ.\u0080\u0085\u0086\u0087\u0088\u0089\u008A";
    private const int MostChanges = 3;

    private readonly byte[] file;
    private readonly List<(string Name, byte[] Bytes)> entries = [];

    public PickleMutator(byte[] file)
    {
        this.file = file;
        if (!file.AsSpan().StartsWith("PK\x03\x04"u8))
            return;
        try
        {
            using var zip = new ZipArchive(new MemoryStream(file));
            foreach (ZipArchiveEntry entry in zip.Entries)
            {
                using Stream stream = entry.Open();
                using var bytes = new MemoryStream();
                stream.CopyTo(bytes);
                entries.Add((entry.FullName, bytes.ToArray()));
            }
        }
        catch (InvalidDataException)
        {
            entries.Clear(); // a damaged zip is spoiled as bytes
        }
    }

    public byte[] Mutate(FuzzRandom random) => random.Next(4) switch
    {
        0 => ByteMutator.Mutate(random, file),
        1 => InPlace(random, file),
        _ when entries.Exists(entry => entry.Name.EndsWith(PickleName, StringComparison.Ordinal)) => Packed(random),
        _ => random.OneIn(2) ? ByteMutator.Mutate(random, file) : InPlace(random, file),
    };

    private static byte[] InPlace(FuzzRandom random, byte[] bytes)
    {
        byte[] changed = [.. bytes];
        for (int changes = random.Next(1, MostChanges + 1); changes > 0 && changed.Length > 0; changes--)
        {
            // As often near the end, where the directory of a zip is.
            int at = random.OneIn(3) ? changed.Length - 1 - random.Next(Math.Min(200, changed.Length)) : random.Next(changed.Length);
            switch (random.Next(4))
            {
                case 0: changed[at] = (byte)random.Next(256); break;
                case 1: changed[at] ^= (byte)(1 << random.Next(8)); break;
                case 2: changed[at] = (byte)Opcodes[random.Next(Opcodes.Length)]; break;
                default:
                    byte[] with = random.Pick(Hostile.Bytes);
                    with.AsSpan(0, Math.Min(with.Length, changed.Length - at)).CopyTo(changed.AsSpan(at));
                    break;
            }
        }
        return changed;
    }

    private byte[] Packed(FuzzRandom random)
    {
        using var result = new MemoryStream();
        using (var zip = new ZipArchive(result, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] bytes) in entries)
            {
                bool isChanged = name.EndsWith(PickleName, StringComparison.Ordinal) || random.OneIn(20);
                using Stream stream = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
                stream.Write(!isChanged ? bytes : random.OneIn(2) ? InPlace(random, bytes) : ByteMutator.Mutate(random, bytes));
            }
        }
        return result.ToArray();
    }
}
