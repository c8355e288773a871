namespace CogVideoX.Kernels;

internal readonly partial struct Attention
{
    /// <inheritdoc/>
    public void RunReference()
    {
        var weights = new double[size.Keys];
        for (int batch = 0; batch < size.Batch; batch++)
        {
            for (int head = 0; head < size.Heads; head++)
            {
                for (int query = 0; query < size.Queries; query++)
                {
                    Weigh(batch, head, query, weights);
                    for (int i = 0; i < size.Width; i++)
                    {
                        double sum = 0;
                        for (int key = 0; key < size.Keys; key++)
                            sum += weights[key] * v[KeyOffset(batch, head, key) + i];
                        y.Set(ResultOffset(batch, head, query) + i, (float)sum);
                    }
                }
            }
        }
    }

    private void Weigh(int batch, int head, int query, double[] weights)
    {
        long asking = QueryOffset(batch, head, query), biases = BiasOffset(batch, head, query);
        double largest = double.NegativeInfinity, sum = 0;
        for (int key = 0; key < weights.Length; key++)
        {
            double score = 0;
            for (int i = 0; i < size.Width; i++)
                score += (double)q[asking + i] * k[KeyOffset(batch, head, key) + i];
            weights[key] = score * scale + (bias.IsNull ? 0 : bias[biases + key]);
            largest = Math.Max(largest, weights[key]);
        }
        for (int key = 0; key < weights.Length; key++)
            sum += weights[key] = Math.Exp(weights[key] - largest);
        if (!logSumExp.IsNull)
            logSumExp.Set(SumOffset(batch, head, query), (float)(largest + Math.Log(sum)));
        for (int key = 0; key < weights.Length; key++)
            weights[key] /= sum;
    }
}
