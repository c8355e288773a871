using System.Runtime.InteropServices;

namespace CogVideoX.Emulator.Memory;

/// <summary>Zeros of any length: pages take memory of the host once something is written there.</summary>
internal sealed unsafe class SparseBytes : SafeHandle
{
    /// <exception cref="OutOfMemoryException">The host has no room for so many addresses.</exception>
    public SparseBytes(long size)
        : base(0, ownsHandle: true) => SetHandle((nint)NativeMemory.AllocZeroed((nuint)size));

    public override bool IsInvalid => handle == 0;

    public byte* Data => (byte*)handle;

    protected override bool ReleaseHandle()
    {
        NativeMemory.Free((void*)handle);
        return true;
    }
}
