using System.Buffers.Binary;
using CogVideoX.Emulator.Async;
using CogVideoX.Emulator.Memory;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator;

/// <summary>Puts a request's buffers and arguments into memory.</summary>
internal static class LaunchMemory
{
    private const int PointerBytes = 8;
    private const int MostBufferBytes = 2_000_000_000;
    private const long MostSparseBytes = 32L << 30;

    public static Dictionary<string, Allocation> Allocate(GlobalMemory memory, LaunchRequest request)
    {
        var buffers = new Dictionary<string, Allocation>();
        foreach ((string name, byte[] bytes) in request.Buffers)
        {
            if (bytes.Length > MostBufferBytes)
            {
                throw new LaunchException(
                    $"the buffer {Printable.Quoted(name)} has {bytes.Length} bytes; at most {MostBufferBytes} are supported");
            }
            Allocation made = memory.New(name, bytes.Length, !request.Unwritten.Contains(name));
            bytes.CopyTo(made.Part(0, bytes.Length));
            buffers.Add(name, made);
        }
        foreach ((string name, long size) in request.SparseBuffers)
        {
            if (size is < 1 or > MostSparseBytes)
            {
                throw new LaunchException(
                    $"the sparse buffer {Printable.Quoted(name)} has {size} bytes; 1 to {MostSparseBytes} are supported");
            }
            if (buffers.ContainsKey(name))
                throw new LaunchException($"there are two buffers {Printable.Quoted(name)}");
            buffers.Add(name, Sparse(memory, name, size, !request.Unwritten.Contains(name)));
        }
        return buffers;
    }

    private static Allocation Sparse(GlobalMemory memory, string name, long size, bool isInitialized)
    {
        try
        {
            return memory.New(name, size, isInitialized, isSparse: true);
        }
        catch (OutOfMemoryException)
        {
            throw new LaunchException($"this machine has no addresses for the sparse buffer {Printable.Quoted(name)} of {size} bytes");
        }
    }

    public static void Parameters(
        ParameterBank bank, PtxFunction entry, LaunchRequest request, Dictionary<string, Allocation> buffers)
    {
        if (request.Arguments.Count != entry.Parameters.Count)
        {
            throw new LaunchException(
                $"the kernel {Printable.Name(entry.Name)} has {entry.Parameters.Count} parameters, "
                + $"the launch gives {request.Arguments.Count}");
        }
        for (int i = 0; i < entry.Parameters.Count; i++)
        {
            byte[] bytes = Bytes(request.Arguments[i], buffers);
            if (bytes.Length != entry.Parameters[i].Size)
            {
                throw new LaunchException(
                    $"parameter {i} of {Printable.Name(entry.Name)} has {entry.Parameters[i].Size} bytes, the launch gives {bytes.Length}");
            }
            bytes.CopyTo(bank.All[i].Part(0, bytes.Length));
        }
    }

    private static byte[] Bytes(LaunchArgument argument, Dictionary<string, Allocation> buffers)
    {
        switch (argument)
        {
            case LaunchArgument.Value value: return value.Bytes;
            case LaunchArgument.Map { Tensor: var map }:
                map.Validate();
                return buffers.TryGetValue(map.Buffer, out Allocation? tensor)
                    ? TensorMapObject.Encode(map, tensor.Address) : throw NoBuffer(map.Buffer, buffers);
            case LaunchArgument.Struct given: return Bytes(given, buffers);
            default: return BitConverter.GetBytes(AddressOf(((LaunchArgument.Buffer)argument).Name, buffers));
        }
    }

    private static byte[] Bytes(LaunchArgument.Struct given, Dictionary<string, Allocation> buffers)
    {
        byte[] bytes = [.. given.Bytes];
        var offsets = new HashSet<int>();
        foreach ((int offset, string buffer) in given.Pointers)
        {
            if (offset < 0 || offset % PointerBytes != 0 || offset > bytes.Length - PointerBytes)
            {
                throw new LaunchException($"a pointer at byte {offset} of a struct of {bytes.Length} bytes; "
                    + $"pointers have {PointerBytes} bytes and stand at multiples of {PointerBytes} inside it");
            }
            if (!offsets.Add(offset))
                throw new LaunchException($"two pointers at byte {offset} of a struct");
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(offset), AddressOf(buffer, buffers));
        }
        return bytes;
    }

    private static ulong AddressOf(string buffer, Dictionary<string, Allocation> buffers) =>
        buffers.TryGetValue(buffer, out Allocation? at) ? at.Address : throw NoBuffer(buffer, buffers);

    private static LaunchException NoBuffer(string name, Dictionary<string, Allocation> buffers) =>
        new($"there is no buffer {Printable.Quoted(name)}; there are {Printable.List(buffers.Keys)}");
}
