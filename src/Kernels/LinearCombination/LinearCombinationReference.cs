namespace CogVideoX.Kernels;

internal readonly partial struct LinearCombination
{
    /// <inheritdoc/>
    public void RunReference()
    {
        for (long i = 0; i < count; i++)
        {
            float sum = terms[0].Factor * terms[0].X[i];
            for (int term = 1; term < terms.Count; term++)
                sum += terms[term].Factor * terms[term].X[i];
            y.Set(i, sum);
        }
    }
}
