using System.Runtime.InteropServices;
using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Memory;

namespace CogVideoX.Emulator.Device;

/// <summary>What the host allocates on a device, and the bytes that it moves there.</summary>
internal sealed unsafe class DeviceMemory(EmulatedDeviceOptions options) : IDisposable
{
    private readonly Dictionary<ulong, Allocation> live = [];

    public GlobalMemory Globals { get; } = new(isLasting: true);

    /// <summary>Allocations so far, failed ones too.</summary>
    public long Asked { get; private set; }

    public int Count => live.Count;

    public long Bytes { get; private set; }

    public long Peak { get; private set; }

    public ulong Allocate(long bytes)
    {
        long number = Asked++;
        if (options.FailAllocation?.Invoke(number) == true)
            throw new OutOfMemoryException($"Allocation {number} of the emulated device, of {bytes} bytes, fails as it was told to.");
        if (bytes > options.MemoryBytes - Bytes || bytes > AddressMap.MostGlobalBytes)
        {
            throw new OutOfMemoryException(
                $"The emulated device has no {bytes} bytes more: {Bytes} of its {options.MemoryBytes} are in use.");
        }
        Allocation made = Globals.New($"allocation {number}", bytes, isInitialized: false);
        live.Add(made.Address, made);
        Bytes += bytes;
        Peak = Math.Max(Peak, Bytes);
        return made.Address;
    }

    /// <returns>what is wrong with it, or null</returns>
    public Fault? Free(ulong address)
    {
        if (live.Remove(address, out Allocation? at))
        {
            Bytes -= at.Size;
            Globals.Free(at, "freed by the host");
            return null;
        }
        Allocation? owner = Globals.Owner(address);
        return owner?.Freed is { } how && owner.Address == address
            ? At(FaultKind.FreedTwice, $"{owner.Name} was {how}", address, owner.Name)
            : At(FaultKind.Invalid, "the address that is freed isn't that of an allocation", address, owner?.Name);
    }

    /// <summary>Some bytes, which must lie inside an allocation or variable.</summary>
    /// <exception cref="EmulatedDeviceException">They don't.</exception>
    public DeviceRange Range(ulong address, long bytes)
    {
        try
        {
            Allocation at = Globals.Locate(address, bytes, lane: 0);
            return new DeviceRange(at, (long)(address - at.Address), bytes);
        }
        catch (FaultException fault)
        {
            throw Wrong(At(fault.Kind, fault.Message, address, fault.Allocation));
        }
    }

    public static void CopyIn(void* source, DeviceRange target)
    {
        Buffer.MemoryCopy(source, target.Data, target.Bytes, target.Bytes);
        target.At.Mark(target.Offset, target.Bytes, isWritten: true);
    }

    /// <summary>Nothing was computed: what is copied out is zeros.</summary>
    public bool IsVoid { get; set; }

    /// <exception cref="EmulatedDeviceException">Some of the bytes haven't been written.</exception>
    public void CopyOut(DeviceRange source, void* target)
    {
        if (IsVoid)
        {
            NativeMemory.Clear(target, (nuint)source.Bytes);
            return;
        }
        if (!options.AllowUnwrittenCopies && source.At.Marks!.FindMissing(source.Offset, source.Bytes) is >= 0 and var missing)
        {
            throw Wrong(At(FaultKind.Uninitialized, $"byte {missing} of {source.At.Size} is copied to the host before any write",
                source.At.Address + (ulong)missing, source.At.Name));
        }
        Buffer.MemoryCopy(source.Data, target, source.Bytes, source.Bytes);
    }

    public static void Copy(DeviceRange source, DeviceRange target)
    {
        Buffer.MemoryCopy(source.Data, target.Data, target.Bytes, source.Bytes);
        target.At.MarkCopy(source.At, source.Offset, target.Offset, target.Bytes);
    }

    public static void Fill(DeviceRange target, byte value)
    {
        NativeMemory.Fill(target.Data, (nuint)target.Bytes, value);
        target.At.Mark(target.Offset, target.Bytes, isWritten: true);
    }

    /// <summary>All that is allocated counts as written.</summary>
    public void MarkAllWritten()
    {
        foreach (Allocation at in live.Values)
            at.Marks!.SetAll();
    }

    public void Dispose()
    {
        live.Clear();
        Bytes = 0;
        Globals.Dispose();
    }

    public static EmulatedDeviceException Wrong(Fault fault) => new($"{fault.KindText}: {fault.Message}", fault);

    private static Fault At(FaultKind kind, string message, ulong address, string? allocation) =>
        new(kind, message, 0, default, default, default, address, allocation);
}

/// <summary>Some bytes of an allocation.</summary>
internal readonly unsafe record struct DeviceRange(Allocation At, long Offset, long Bytes)
{
    public byte* Data => At.Data + Offset;
}
