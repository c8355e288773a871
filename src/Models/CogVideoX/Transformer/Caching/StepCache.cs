using CogVideoX.Tensors;

namespace CogVideoX.Models.CogVideoX;

/// <summary>
/// What one run keeps of an evaluation of the transformer for those that follow, which are much alike. It counts evaluations, not steps: a
/// sampler may ask the model twice a step, or begin late. Its tensors are made with it, so that evaluations change them and make none.
/// </summary>
public abstract class StepCache
{
    private readonly Shape tokens;

    /// <param name="tokens">[B, S, D], what blocks are given</param>
    private protected StepCache(Shape tokens) => this.tokens = tokens;

    /// <summary>How often the model was asked.</summary>
    public int Evaluations { get; private set; }

    /// <summary>How often it took a part of its result from an evaluation before.</summary>
    public int Reusing { get; private protected set; }

    /// <summary>
    /// How many patterns of work evaluations have, which differ in what is taken from before: each is recorded on its own. Number 0
    /// computes the most.
    /// </summary>
    internal virtual int Patterns => 1;

    /// <summary>Which of them this evaluation has.</summary>
    internal int Pattern { get; set; }

    /// <summary>Whether what the first block adds decides if the others run.</summary>
    internal virtual bool ComparesFirst => false;

    /// <summary>A new evaluation begins.</summary>
    /// <param name="timestep">Its training timestep, 0 … 999.</param>
    /// <param name="given">[B, S, D]</param>
    /// <exception cref="TensorException">The cache is for another size.</exception>
    internal void Begin(double timestep, Shape given)
    {
        if (given != tokens)
            throw new TensorException($"The cache is for tokens {tokens}, and these are {given}; a run has a cache of its own.");
        Decide(Evaluations, timestep);
        Evaluations++;
    }

    private protected virtual void Decide(int evaluation, double timestep) { }

    /// <summary>Where a block's attention is kept; none for a cache that keeps none.</summary>
    internal virtual KeptAttention Attention(int block) => default;

    /// <summary>Compares what the first block adds with what it added before, without looking at the result.</summary>
    /// <param name="before">[B, S, D], what it was given</param>
    /// <param name="after">[B, S, D], what it gave</param>
    /// <param name="textTokens">T</param>
    /// <returns>[B, V, D], what it adds to the video tokens</returns>
    internal virtual Tensor Compare(Tensor before, Tensor after, int textTokens) => default;

    /// <summary>Reads the result of <see cref="Compare"/>: whether the first block is enough.</summary>
    internal virtual bool SkipsRest() => false;

    /// <summary>All blocks run: keeps what the first one added.</summary>
    /// <param name="added">[B, V, D], of <see cref="Compare"/></param>
    /// <param name="after">[B, S, D], what it gave</param>
    /// <param name="textTokens">T</param>
    internal virtual void Fill(Tensor added, Tensor after, int textTokens) { }

    /// <summary>What the video tokens are behind the last block.</summary>
    /// <param name="video">[B, V, D], behind the last block that ran</param>
    internal virtual Tensor Complete(Tensor video) => video;
}
