using System.Buffers.Binary;
using CogVideoX.Models.T5;
using Google.Protobuf;

namespace CogVideoX.Models.Tests.T5.Tokenizer;

// Writes SentencePiece models by hand, good ones and bad ones.
internal sealed class ModelBytes
{
    private readonly MemoryStream trainer = new(), normalizer = new(), model = new();

    // <pad>, </s>, <unk>, the space, and some letters.
    public static ModelBytes Small(params string[] letters)
    {
        ModelBytes bytes = new ModelBytes()
            .Piece("<pad>", 0, PieceType.Control)
            .Piece("</s>", 0, PieceType.Control)
            .Piece("<unk>", 0, PieceType.Unknown)
            .Piece("\u2581", -2, PieceType.Normal);
        foreach (string letter in letters)
            bytes.Piece(letter, -3, PieceType.Normal);
        return bytes;
    }

    public ModelBytes Piece(string text, float score, PieceType type) => Piece(ByteString.CopyFromUtf8(text), score, (int)type);

    public ModelBytes Piece(ByteString text, float score, int type)
    {
        var piece = new MemoryStream();
        Write(piece, output =>
        {
            output.WriteTag(1, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(text);
            output.WriteTag(2, WireFormat.WireType.Fixed32);
            output.WriteFloat(score);
            output.WriteTag(3, WireFormat.WireType.Varint);
            output.WriteEnum(type);
        });
        return Message(1, piece);
    }

    public ModelBytes AllBytes()
    {
        for (int value = 0; value < 256; value++)
            Piece($"<0x{value:X2}>", 0, PieceType.Byte);
        return Trainer(35, 1);
    }

    public ModelBytes Trainer(int field, int value) => Varint(trainer, field, value);

    public ModelBytes Normalizer(int field, int value) => Varint(normalizer, field, value);

    public ModelBytes CharacterMap(params byte[] map)
    {
        Write(normalizer, output =>
        {
            output.WriteTag(2, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(map));
        });
        return this;
    }

    // A double array without a key, in which "a" leads from every unit to the same one.
    public ModelBytes CharacterMapInACircle()
    {
        const int Units = 512, FirstChild = 256;
        byte[] map = new byte[4 + (Units * 4) + 1];
        BinaryPrimitives.WriteInt32LittleEndian(map, Units * 4);
        BinaryPrimitives.WriteInt32LittleEndian(map.AsSpan(4), FirstChild << 10);
        BinaryPrimitives.WriteInt32LittleEndian(map.AsSpan(4 + ((FirstChild ^ 'a') * 4)), ('a' << 10) | 'a');
        return CharacterMap(map);
    }

    // A double array whose only key is "a": the root's children begin at 256, the leaf of "a" is unit 300. The leaf's value
    // is where the replacement starts.
    public ModelBytes CharacterMapOfA(int value, ReadOnlySpan<byte> replacements)
    {
        const int Units = 512, FirstChild = 256, Leaf = 300, KeyUnit = FirstChild ^ 'a', HasLeaf = 1 << 8;
        byte[] map = new byte[4 + (Units * 4) + replacements.Length];
        BinaryPrimitives.WriteInt32LittleEndian(map, Units * 4);
        WriteUnit(0, FirstChild << 10);
        WriteUnit(KeyUnit, ((KeyUnit ^ Leaf) << 10) | HasLeaf | 'a');
        WriteUnit(Leaf, int.MinValue | value);
        replacements.CopyTo(map.AsSpan(4 + (Units * 4)));
        return CharacterMap(map);

        void WriteUnit(int index, int unit) => BinaryPrimitives.WriteInt32LittleEndian(map.AsSpan(4 + (index * 4)), unit);
    }

    public byte[] ToArray()
    {
        Message(2, trainer);
        Message(3, normalizer);
        return model.ToArray();
    }

    public SentencePieceModel Load() => LoadModel(ToArray());

    public static SentencePieceModel LoadModel(byte[] bytes)
    {
        string path = Path.Combine(Path.GetTempPath(), $"spiece-{Guid.NewGuid():N}.model");
        File.WriteAllBytes(path, bytes);
        try
        {
            return SentencePieceModel.Load(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private ModelBytes Varint(MemoryStream message, int field, int value)
    {
        Write(message, output =>
        {
            output.WriteTag(field, WireFormat.WireType.Varint);
            output.WriteInt32(value);
        });
        return this;
    }

    private ModelBytes Message(int field, MemoryStream content)
    {
        Write(model, output =>
        {
            output.WriteTag(field, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(content.ToArray()));
        });
        return this;
    }

    private static void Write(MemoryStream stream, Action<CodedOutputStream> write)
    {
        using var output = new CodedOutputStream(stream, leaveOpen: true);
        write(output);
    }
}
