using System.Diagnostics;
using CogVideoX.Emulator;
using ILGPU.Runtime;

namespace CogVideoX.Ilgpu;

/// <summary>An event of the emulator. Its time is the host's, when it was recorded.</summary>
internal sealed class EmulatorMarker : ProfilingMarker
{
    private readonly long recorded = Stopwatch.GetTimestamp();

    public EmulatorMarker(EmulatorAccelerator accelerator, EmulatedStream stream) : base(accelerator)
    {
        Mark = accelerator.Emulated.CreateEvent();
        stream.Record(Mark);
    }

    public EmulatedEvent Mark { get; }

    public override void Synchronize() => Mark.Synchronise();

    public override TimeSpan MeasureFrom(ProfilingMarker marker) => Stopwatch.GetElapsedTime(((EmulatorMarker)marker).recorded, recorded);

    protected override void DisposeAcceleratorObject(bool disposing) { }
}
