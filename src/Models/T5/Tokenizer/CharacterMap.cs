using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Unicode;

namespace CogVideoX.Models.T5;

// The precompiled character map of a SentencePiece model: which byte sequences normalization replaces, and by what.
// Layout (sentencepiece, normalizer.cc): the trie's size in bytes as a little-endian uint32; the trie, a double array of
// 32-bit units (darts-clone, darts.h); the replacements, each ended by a zero byte. A key's value is where its replacement starts.
internal sealed class CharacterMap
{
    // NFKC's longest replacement is 33 bytes; without a limit a few kilobytes of text could grow to gigabytes. Its longest key is 12 bytes;
    // without a limit a trie that leads in a circle would walk all of the text from each of its characters.
    private const int LongestReplacement = 64, LongestKey = 128;

    private const uint LeafFlag = 1u << 31, HasLeafFlag = 1u << 8, WideOffsetFlag = 1u << 9;

    private readonly uint[] units;
    private readonly byte[] replacements;

    private CharacterMap(uint[] units, byte[] replacements)
    {
        this.units = units;
        this.replacements = replacements;
    }

    public static CharacterMap Parse(ReadOnlySpan<byte> blob)
    {
        if (blob.Length < sizeof(uint))
            throw Broken($"it has {blob.Length} bytes");
        uint trieBytes = BinaryPrimitives.ReadUInt32LittleEndian(blob);
        blob = blob[sizeof(uint)..];
        if (trieBytes >= blob.Length || trieBytes == 0 || trieBytes % sizeof(uint) != 0)
            throw Broken($"its trie is said to take {trieBytes} of {blob.Length} bytes");

        var map = new CharacterMap(ReadUnits(blob[..(int)trieBytes]), blob[(int)trieBytes..].ToArray());
        map.CheckReplacements();
        map.CheckUnits();
        return map;
    }

    // The length of the longest key that text starts with, 0 if there is none.
    public int Match(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> replacement)
    {
        int longest = 0;
        uint start = 0;
        uint position = Offset(units[0]);
        for (int i = 0; i < text.Length && i < LongestKey; i++)
        {
            position ^= text[i];
            uint unit = units[position];
            if ((unit & (LeafFlag | 0xFF)) != text[i])
                break;
            position ^= Offset(unit);
            if ((unit & HasLeafFlag) == 0)
                continue;
            longest = i + 1;
            start = Value(units[position]);
        }

        replacement = longest == 0 ? default : ReplacementAt((int)start);
        return longest;
    }

    // Whether text starts with a key; the replacement is that of the shortest.
    public bool MatchFirst(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> replacement)
    {
        for (int length = 1; length <= text.Length; length++)
        {
            if (Match(text[..length], out replacement) > 0)
                return true;
        }
        replacement = default;
        return false;
    }

    private ReadOnlySpan<byte> ReplacementAt(int start)
    {
        ReadOnlySpan<byte> rest = replacements.AsSpan(start);
        return rest[..rest.IndexOf((byte)0)];
    }

    private static uint[] ReadUnits(ReadOnlySpan<byte> bytes)
    {
        uint[] units = MemoryMarshal.Cast<byte, uint>(bytes).ToArray();
        if (!BitConverter.IsLittleEndian)
            BinaryPrimitives.ReverseEndianness(units, units);
        return units;
    }

    private void CheckReplacements()
    {
        if (replacements[^1] != 0)
            throw Broken("its last replacement has no end");
        if (!Utf8.IsValid(replacements))
            throw Broken("its replacements aren't valid UTF-8");

        ReadOnlySpan<byte> rest = replacements;
        while (!rest.IsEmpty)
        {
            int length = rest.IndexOf((byte)0);
            if (length > LongestReplacement)
                throw Broken($"a replacement is {length} bytes long");
            rest = rest[(length + 1)..];
        }
    }

    // A unit's children lie at base ^ label, all in one aligned block of 256: when that block is inside the array
    // for every unit, no text can lead outside it, and Match needs no further check.
    private void CheckUnits()
    {
        for (int i = 0; i < units.Length; i++)
        {
            uint unit = units[i];
            bool reachable = i == 0 || (unit & LeafFlag) == 0;
            if (!reachable)
                continue;
            uint children = (uint)i ^ Offset(unit);
            if ((children | 0xFF) >= units.Length)
                throw Broken($"unit {i} of its trie points outside of it");
            if ((unit & HasLeafFlag) != 0 && !StartsReplacement(Value(units[children])))
                throw Broken($"unit {i} of its trie has no replacement");
        }
    }

    private bool StartsReplacement(uint value) =>
        value < replacements.Length && (replacements[value] & 0xC0) != 0x80;

    private static uint Offset(uint unit) => (unit >> 10) << ((unit & WideOffsetFlag) != 0 ? 8 : 0);

    private static uint Value(uint leaf) => leaf & ~LeafFlag;

    private static InvalidDataException Broken(string why) => new($"the normalizer's character map is broken: {why}.");
}
