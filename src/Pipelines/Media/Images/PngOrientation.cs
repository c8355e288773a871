using System.Buffers.Binary;

namespace CogVideoX.Pipelines.Media;

/// <summary>
/// The EXIF orientation of a PNG (its chunk eXIf), which SkiaSharp doesn't look at; of JPEG and WebP it does.
/// </summary>
internal static class PngOrientation
{
    private const int Signature = 8, LengthAndType = 8, Crc = 4;
    private const int FirstFolderAt = 4, EntryBytes = 12, Orientation = 0x112, Short = 3;

    /// <summary>From 1 (as it is stored) to 8 (CIPA DC-008); 1 where the file says nothing, or nothing that makes sense.</summary>
    /// <param name="file">The whole of it.</param>
    public static int Of(ReadOnlySpan<byte> file)
    {
        for (ReadOnlySpan<byte> rest = file[Math.Min(Signature, file.Length)..]; rest.Length >= LengthAndType + Crc;)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(rest);
            if (length > rest.Length - LengthAndType - Crc)
                break;
            ReadOnlySpan<byte> data = rest.Slice(LengthAndType, (int)length);
            if (rest[sizeof(uint)..LengthAndType].SequenceEqual("eXIf"u8))
                return OfExif(data.StartsWith("Exif\0\0"u8) ? data[6..] : data); // as in a JPEG, which some programs write
            rest = rest[(LengthAndType + (int)length + Crc)..];
        }
        return 1;
    }

    // A TIFF header, and a folder of entries: tag, type, count, and what fits into four bytes.
    private static int OfExif(ReadOnlySpan<byte> exif)
    {
        bool isLittle = exif.StartsWith("II*\0"u8);
        if (exif.Length < FirstFolderAt + sizeof(uint) || (!isLittle && !exif.StartsWith("MM\0*"u8)))
            return 1;
        uint at = isLittle ? BinaryPrimitives.ReadUInt32LittleEndian(exif[FirstFolderAt..])
            : BinaryPrimitives.ReadUInt32BigEndian(exif[FirstFolderAt..]);
        if (at > exif.Length - sizeof(ushort))
            return 1;
        int count = Number(exif[(int)at..]);
        ReadOnlySpan<byte> entries = exif[((int)at + sizeof(ushort))..];
        for (int i = 0; i < count && entries.Length >= EntryBytes; i++, entries = entries[EntryBytes..])
        {
            if (Number(entries) == Orientation && Number(entries[2..]) == Short)
                return Number(entries[8..]) is var value and >= 1 and <= 8 ? value : 1;
        }
        return 1;

        int Number(ReadOnlySpan<byte> bytes) =>
            isLittle ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);
    }
}
