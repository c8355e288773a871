using CogVideoX.Emulator;
using ILGPU;
using ILGPU.Runtime;

namespace CogVideoX.Ilgpu;

/// <summary>Memory of the emulator: nobody has written it yet, and reading it before is a fault.</summary>
internal sealed unsafe class EmulatorBuffer : MemoryBuffer
{
    private readonly EmulatedDevice device;

    public EmulatorBuffer(EmulatorAccelerator accelerator, long length, int elementSize) : base(accelerator, length, elementSize)
    {
        device = accelerator.Emulated;
        NativePtr = LengthInBytes == 0 ? 0 : (nint)device.Allocate(LengthInBytes);
    }

    protected override void MemSet(AcceleratorStream stream, byte value, in ArrayView<byte> targetView) =>
        Of(stream).Fill((ulong)targetView.LoadEffectiveAddressAsPtr(), value, targetView.LengthInBytes);

    protected override void CopyFrom(AcceleratorStream stream, in ArrayView<byte> sourceView, in ArrayView<byte> targetView)
    {
        nint source = sourceView.LoadEffectiveAddressAsPtr();
        ulong target = (ulong)targetView.LoadEffectiveAddressAsPtr();
        if (sourceView.GetAcceleratorType() == AcceleratorType.CPU)
            Of(stream).CopyIn((void*)source, target, targetView.LengthInBytes);
        else
            Of(stream).Copy((ulong)source, target, targetView.LengthInBytes);
    }

    protected override void CopyTo(AcceleratorStream stream, in ArrayView<byte> sourceView, in ArrayView<byte> targetView)
    {
        ulong source = (ulong)sourceView.LoadEffectiveAddressAsPtr();
        nint target = targetView.LoadEffectiveAddressAsPtr();
        if (targetView.GetAcceleratorType() == AcceleratorType.CPU)
            Of(stream).CopyOut(source, (void*)target, sourceView.LengthInBytes);
        else
            Of(stream).Copy(source, (ulong)target, sourceView.LengthInBytes);
    }

    protected override void DisposeAcceleratorObject(bool disposing)
    {
        if (disposing && NativePtr != 0)
            device.Free((ulong)NativePtr);
        NativePtr = 0;
    }

    private static EmulatedStream Of(AcceleratorStream stream) => ((EmulatorStream)stream).Emulated;
}
