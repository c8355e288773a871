using System.Buffers.Binary;
using System.Text;

namespace CogVideoX.Tensors.Tests.Pickles;

/// <summary>Writes files of <c>torch.save</c> by hand, right or wrong.</summary>
internal static class PickleWriter
{
    private const int LocalBytes = 30;

    /// <summary>A pickle in the older form, up to the object, which is the given opcodes.</summary>
    public static byte[] Older(params ReadOnlySpan<byte[]> opcodes)
    {
        byte[] start = [0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, (byte)'.'];
        byte[] version = [0x80, 2, (byte)'M', 0xE9, 3, (byte)'.', 0x80, 2, (byte)'}', (byte)'.', 0x80, 2];
        var bytes = new List<byte>([.. start, .. version]);
        foreach (byte[] part in opcodes)
            bytes.AddRange(part);
        return [.. bytes];
    }

    /// <summary>The opcodes that make a tensor of storage 0, which has so many floats.</summary>
    public static byte[] Tensor(int offset, int[] sizes, int[] strides, int count) =>
    [
        .. "ctorch._utils\n_rebuild_tensor_v2\n(("u8, .. Text("storage"), .. "ctorch\nFloatStorage\n"u8, .. Text("0"), .. Text("cpu"),
        .. Int(count), .. "tQ"u8, .. Int(offset), .. Tuple(sizes), .. Tuple(strides), 0x89, .. "ccollections\nOrderedDict\n)RtR"u8,
    ];

    /// <summary>The opcodes of a whole dictionary of tensors.</summary>
    public static byte[] Dictionary(params ReadOnlySpan<(string Name, byte[] Value)> items)
    {
        var bytes = new List<byte>([0x80, 2, .. "}("u8]);
        foreach ((string name, byte[] value) in items)
            bytes.AddRange([.. Text(name), .. value]);
        return [.. bytes, .. "u."u8];
    }

    /// <summary>The opcode of a text.</summary>
    public static byte[] Text(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        return [(byte)'X', .. BitConverter.GetBytes(utf8.Length), .. utf8];
    }

    /// <summary>A zip of uncompressed entries as PyTorch writes it, in the form for large files.</summary>
    /// <param name="path">Where.</param>
    /// <param name="gap">Bytes that are skipped before the last entry.</param>
    /// <param name="entries">What is in it.</param>
    public static void Zip(string path, long gap, params ReadOnlySpan<(string Name, byte[] Bytes)> entries)
    {
        using FileStream file = File.Create(path);
        var directory = new List<byte>();
        for (int i = 0; i < entries.Length; i++)
        {
            if (i == entries.Length - 1)
                file.Position += gap;
            long at = file.Position;
            byte[] name = Encoding.UTF8.GetBytes(entries[i].Name);
            file.Write([.. "PK\x03\x04"u8, .. new byte[LocalBytes - 4 - 4], .. BitConverter.GetBytes((ushort)name.Length), 0, 0, .. name]);
            file.Write(entries[i].Bytes);
            byte[] head = new byte[46];
            "PK\x01\x02"u8.CopyTo(head);
            BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(20), entries[i].Bytes.Length);
            BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(24), entries[i].Bytes.Length);
            BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(28), (ushort)name.Length);
            BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(30), 12);
            BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(42), uint.MaxValue);
            directory.AddRange([.. head, .. name, 1, 0, 8, 0, .. BitConverter.GetBytes(at)]);
        }
        long start = file.Position, end = start + directory.Count;
        byte[] places =
        [
            .. BitConverter.GetBytes((long)entries.Length), .. BitConverter.GetBytes((long)entries.Length),
            .. BitConverter.GetBytes((long)directory.Count), .. BitConverter.GetBytes(start),
        ];
        file.Write([.. directory]);
        file.Write([.. "PK\x06\x06"u8, .. BitConverter.GetBytes(44L), .. new byte[12], .. places]);
        file.Write([.. "PK\x06\x07"u8, .. new byte[4], .. BitConverter.GetBytes(end), .. BitConverter.GetBytes(1)]);
        file.Write([.. "PK\x05\x06"u8, .. new byte[4], .. Enumerable.Repeat((byte)0xFF, 12), 0, 0]);
    }

    private static byte[] Int(int number) => [(byte)'J', .. BitConverter.GetBytes(number)];

    private static byte[] Tuple(int[] numbers) => [(byte)'(', .. numbers.SelectMany(Int), (byte)'t'];
}
