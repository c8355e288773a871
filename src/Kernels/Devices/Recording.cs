namespace CogVideoX.Kernels.Devices;

/// <summary>Launches that a device recorded (<see cref="Device.Record"/>), to be replayed by it as one piece.</summary>
public abstract class Recording : IDisposable
{
    /// <summary>How many launches it has.</summary>
    public abstract int Launches { get; }

    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
