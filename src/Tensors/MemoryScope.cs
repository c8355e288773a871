namespace CogVideoX.Tensors;

/// <summary>The tensors made since <see cref="Memory.Scope"/> die when this is disposed, but for those that were kept.</summary>
public readonly struct MemoryScope : IDisposable
{
    private readonly Memory memory;
    private readonly int depth;

    internal MemoryScope(Memory memory, int depth)
    {
        this.memory = memory;
        this.depth = depth;
    }

    /// <summary>Hands a tensor to the scope around this one, so that it can be returned.</summary>
    public Tensor Keep(Tensor tensor)
    {
        memory.MoveTo(depth - 1, tensor);
        return tensor;
    }

    /// <summary>Hands a tensor that an inner scope made to this one.</summary>
    public Tensor Adopt(Tensor tensor)
    {
        memory.MoveTo(depth, tensor);
        return tensor;
    }

    /// <inheritdoc/>
    public void Dispose() => memory.End(depth);
}
