namespace CogVideoX.Kernels.Devices;

/// <summary>Where operations run and tensors live. Launching an operation allocates nothing on the managed heap.</summary>
public abstract class Device : IDisposable
{
    /// <summary>Name for people, such as <c>cpu (2 threads)</c>.</summary>
    public abstract string Name { get; }

    /// <summary>False for a device that only counts: its memory must not be touched.</summary>
    public virtual bool HoldsData => true;

    /// <summary>
    /// Stops what runs here: a device that can looks at it within an operation, which then throws
    /// <see cref="OperationCanceledException"/>; its results mean nothing. Set it between operations.
    /// </summary>
    public virtual CancellationToken Cancellation { get; set; }

    /// <summary>Memory of <paramref name="bytes"/> bytes, aligned to 64, contents undefined.</summary>
    /// <exception cref="OutOfMemoryException">The system has no such block.</exception>
    public abstract nint Allocate(long bytes);

    /// <summary>Gives back what <see cref="Allocate"/> returned.</summary>
    public abstract void Free(nint address);

    /// <summary>Runs an operation in the form that fits this device, to its end.</summary>
    public abstract void Run<TOperation>(in TOperation operation) where TOperation : struct, IOperation;

    /// <inheritdoc/>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
