using CogVideoX.Kernels.Devices;

namespace CogVideoX.Tensors;

public sealed partial class Ops
{
    private const int PacesAhead = 4;

    private readonly Mark[] paces = new Mark[PacesAhead];
    private long paced;

    /// <summary>Marks where the work of the device stands now.</summary>
    internal DeviceMark Mark() => new(device.Mark());

    /// <summary>The time between two marks, as the device passed them; waits for the later one.</summary>
    internal TimeSpan Elapsed(DeviceMark from, DeviceMark to) => device.Elapsed(from.Value, to.Value);

    /// <summary>The time from a mark to what the device is asked for next; waits for all before.</summary>
    internal TimeSpan ElapsedSince(DeviceMark mark) => Elapsed(mark, Mark());

    /// <summary>
    /// Called between the parts of a long computation, such as the blocks of a model: waits until the device is at most a few such calls
    /// behind, so that progress that is told after it means something and cancelling stops work soon.
    /// </summary>
    /// <exception cref="OperationCanceledException"><see cref="Cancellation"/> was requested.</exception>
    public void KeepPace()
    {
        Cancellation.ThrowIfCancellationRequested();
        ref Mark oldest = ref paces[paced % PacesAhead];
        if (paced++ >= PacesAhead)
            device.Wait(oldest);
        oldest = device.Mark();
    }
}
