using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines.Media;

/// <summary>Goes through the chunks of a PNG file, of which nothing is believed.</summary>
/// <param name="file">Behind the signature, or at a chunk.</param>
/// <param name="subject">What messages are about.</param>
internal sealed class PngChunkReader(FileStream file, string subject)
{
    private const int LengthAndType = 8, CrcBytes = 4;

    private readonly byte[] head = new byte[LengthAndType];
    private long dataAt;

    /// <summary>What messages are about.</summary>
    public string Subject => subject;

    /// <summary>Of the chunk: <c>IDAT</c>.</summary>
    public string Type { get; private set; } = "";

    /// <summary>Bytes of its data.</summary>
    public long Length { get; private set; }

    /// <summary>Where the next chunk begins.</summary>
    public long End => dataAt + Length + CrcBytes;

    /// <summary>Goes to the chunk that begins at a place of the file.</summary>
    /// <exception cref="InputException">The file is cut off within it.</exception>
    public void Go(long place)
    {
        Read(place, head);
        (Length, Type, dataAt) = (BinaryPrimitives.ReadUInt32BigEndian(head), Encoding.Latin1.GetString(head, 4, 4), place + LengthAndType);
        if (End > file.Length)
            throw CutOff();
    }

    /// <summary>Goes to the chunk behind this one.</summary>
    /// <inheritdoc cref="Go"/>
    public void Next() => Go(End);

    /// <summary>The first bytes of its data, which aren't checked.</summary>
    /// <returns>As many as there are and fit.</returns>
    /// <exception cref="InputException">They can't be read.</exception>
    public ReadOnlySpan<byte> Start(Span<byte> bytes)
    {
        Span<byte> start = bytes[..(int)Math.Min(bytes.Length, Length)];
        Read(dataAt, start);
        return start;
    }

    /// <summary>All of its data.</summary>
    /// <param name="most">Bytes that make sense.</param>
    /// <exception cref="InputException">There are more, or they aren't what was written.</exception>
    public byte[] Data(long most)
    {
        if (Length > most)
            throw Damaged($"its chunk {Name} has {Length} bytes");
        var data = new byte[Length + CrcBytes];
        Read(dataAt, data);
        var crc = new Crc32();
        crc.Append(head.AsSpan(LengthAndType / 2));
        crc.Append(data.AsSpan(0, (int)Length));
        return crc.GetCurrentHashAsUInt32() == BinaryPrimitives.ReadUInt32BigEndian(data.AsSpan((int)Length))
            ? data[..(int)Length]
            : throw Damaged($"its chunk {Name} fails the check");
    }

    /// <summary>Something in the file contradicts itself.</summary>
    public InputException Damaged(string what) => new($"{subject} is a damaged PNG file: {what}. Copy or download it again.");

    private void Read(long place, Span<byte> bytes)
    {
        try
        {
            file.Position = place;
            if (file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
                throw CutOff();
        }
        catch (IOException exception)
        {
            throw new InputException($"{subject} can't be read: {Quoted.Line(exception.Message)}", exception);
        }
    }

    private InputException CutOff() => new($"{subject} is cut off: the PNG file ends before its last chunk. Copy or download it again.");

    // Of a damaged file, anything.
    private string Name => Type.All(char.IsAsciiLetter) ? Type : "without a name";
}
