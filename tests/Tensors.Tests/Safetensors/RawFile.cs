using System.Buffers.Binary;
using System.Text;

namespace CogVideoX.Tensors.Tests.Safetensors;

/// <summary>Files that our writer wouldn't write.</summary>
internal static class RawFile
{
    /// <summary>A header as given, with its length before and that many bytes of data behind.</summary>
    public static byte[] Of(string header, int dataBytes = 0) => Of(Encoding.UTF8.GetBytes(header), dataBytes);

    public static byte[] Of(byte[] header, int dataBytes = 0)
    {
        byte[] file = new byte[8 + header.Length + dataBytes];
        BinaryPrimitives.WriteInt64LittleEndian(file, header.Length);
        header.CopyTo(file, 8);
        for (int i = 8 + header.Length; i < file.Length; i++)
            file[i] = (byte)i;
        return file;
    }
}
