using CogVideoX.Emulator;
using ILGPU.Runtime;

namespace CogVideoX.Ilgpu;

/// <summary>A stream of the emulator for ILGPU.</summary>
public sealed class EmulatorStream : AcceleratorStream
{
    internal EmulatorStream(EmulatorAccelerator accelerator) : base(accelerator) => Emulated = accelerator.Emulated.CreateStream();

    /// <summary>The emulator's own.</summary>
    public EmulatedStream Emulated { get; }

    /// <inheritdoc/>
    public override void Synchronize() => Emulated.Synchronise();

    /// <inheritdoc/>
    protected override ProfilingMarker AddProfilingMarkerInternal() => new EmulatorMarker((EmulatorAccelerator)Accelerator, Emulated);

    /// <inheritdoc/>
    protected override void DisposeAcceleratorObject(bool disposing) => Emulated.Dispose();
}
