using CogVideoX.Kernels.Devices;

namespace CogVideoX.Tensors;

public sealed partial class Ops
{
    /// <summary>Whether work may be recorded where the device can; true unless somebody decided otherwise.</summary>
    public bool MayRecord { get; set; } = true;

    /// <summary>
    /// Whether weights stay at their addresses from one step to the next. Whoever brings them to the device in turns sets it to false:
    /// nothing is recorded then, since addresses are part of a recording.
    /// </summary>
    public bool WeightsStay { get; set; } = true;

    /// <summary>Whether work is recorded here, to be replayed as one piece; in a dry run, whether it would be.</summary>
    public bool CanRecord => MayRecord && WeightsStay && device.Records;

    /// <summary>Writes numbers of the host into a tensor, in place.</summary>
    /// <param name="target">F32, as many numbers</param>
    /// <param name="values">In row-major order; they may change once this returns.</param>
    /// <exception cref="TensorException">Another type, or another count.</exception>
    internal unsafe void Overwrite(Tensor target, ReadOnlySpan<float> values)
    {
        Check(
            target.Type == DType.F32 && target.Count == values.Length, "overwrite",
            $"{values.Length} numbers can't be written into {target}.");
        using Memory.Stay stay = Memory.Enter();
        fixed (float* source = values)
            device.CopyIn(source, (nint)target.Address, target.Bytes);
    }

    /// <summary>A tensor of so many bytes.</summary>
    internal Tensor EmptyBytes(long bytes) => Memory.Empty(Bytes(bytes), DType.U8);

    internal void Rehearse(Action[] parts, PlacedTensors places, double[] flops)
    {
        Device real = device;
        var rehearsal = new RehearsalDevice(real);
        places.Begin(rehearsal);
        device = rehearsal;
        try
        {
            Place(places, i =>
            {
                double before = rehearsal.Flops;
                parts[i]();
                flops[i] = rehearsal.Flops - before;
            }, parts.Length);
        }
        finally
        {
            device = real;
        }
        places.End();
    }

    internal void Record(Action[] parts, PlacedTensors places, Tensor block, Recording?[] recordings)
    {
        if (IsPlanning)
            return;
        places.Begin(device, block);
        Place(places, i => recordings[i] = device.Record(parts[i]), parts.Length);
        places.End();
    }

    internal void Replay(Recording? recording, double flops)
    {
        using Memory.Stay stay = Memory.Enter();
        device.Cancellation.ThrowIfCancellationRequested();
        Count(flops);
        if (recording is not null)
            device.Replay(recording);
    }

    // What parts leave to those that follow dies behind the last.
    private void Place(PlacedTensors places, Action<int> part, int count)
    {
        using MemoryScope scope = Scope();
        using Memory.Placing placing = Memory.PlaceIn(places);
        for (int i = 0; i < count; i++)
            part(i);
    }
}
